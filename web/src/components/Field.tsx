import { useId, type ReactNode } from 'react';

interface FieldProps {
  label: string;
  /** What is wrong with it, as the API said. */
  problem?: string | undefined;
  hint?: ReactNode;
  /** Given what ties the control to its label and words. */
  children: (control: { id: string; 'aria-invalid': boolean; 'aria-describedby': string; className: string }) => ReactNode;
}

/** A control with its label, a hint, and what is wrong with it. */
export function Field({ label, problem, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-ink-2">{label}</label>
      {children({ id, 'aria-invalid': problem !== undefined, 'aria-describedby': `${id}-words`, className: 'field' })}
      <p id={`${id}-words`} className={`mt-1 text-xs empty:hidden ${problem === undefined ? 'text-ink-3' : 'text-bad'}`}>{problem ?? hint}</p>
    </div>
  );
}

/** The violation of one field among the details of an error, which begin with the field's name. */
export function problemOf(details: readonly string[], field: string): string | undefined {
  const start = `${field}: `;
  return details.find((detail) => detail.startsWith(start))?.slice(start.length);
}
