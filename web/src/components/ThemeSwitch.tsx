import { useId } from 'react';
import { setTheme, themes, useTheme } from '../lib/theme';

const labels = { dark: 'Dark', light: 'Light', system: 'System' };

export function ThemeSwitch() {
  const theme = useTheme();
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-xs text-ink-2">Theme</legend>
      <div className="grid grid-cols-3 rounded-lg bg-fill p-0.5">
        {themes.map((choice) => (
          <label
            key={choice}
            className="cursor-pointer rounded-md px-2 py-1.5 text-center text-xs text-ink-2 has-checked:bg-accent has-checked:font-semibold has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={theme === choice}
              onChange={() => setTheme(choice)}
            />
            {labels[choice]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
