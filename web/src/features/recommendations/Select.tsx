interface SelectProps<T extends string> {
  /** What ties it to its label and words. */
  control: { id?: string; 'aria-invalid'?: boolean; 'aria-describedby'?: string; 'aria-label'?: string; className: string };
  names: Readonly<Record<T, string>>;
  value: T;
  onChange: (value: T) => void;
}

/** One of the words of an enumeration, by name. */
export function Select<T extends string>({ control, names, value, onChange }: SelectProps<T>) {
  return (
    <select {...control} value={value} onChange={({ target }) => onChange(target.value as T)}>
      {(Object.entries(names) as [T, string][]).map(([word, name]) => <option key={word} value={word}>{name}</option>)}
    </select>
  );
}
