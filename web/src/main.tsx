import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { takeSetupToken, takeSignInCode } from './session/signInLink';
import './styles.css';

// First of all: the code leaves the address before anything else can see it.
const code = takeSignInCode();
const setupToken = takeSetupToken();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root element.');

createRoot(root).render(
  <StrictMode>
    <App code={code} setupToken={setupToken} />
  </StrictMode>,
);
