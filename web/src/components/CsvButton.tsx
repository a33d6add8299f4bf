import { useState } from 'react';
import { getCsv, type TableRequest } from '../api/client';
import { toApiError } from '../api/errors';
import { saveAs } from '../lib/save';
import { toast } from '../lib/toasts';
import { Icon } from './Icon';

interface CsvButtonProps {
  /** The very question whose answer is on the screen. */
  request: TableRequest;
  /** Without the ending: "sales by day 2026-11-01 to 2026-11-30". */
  fileName: string;
}

/** Saves the table on the screen as the server writes it as CSV. */
export function CsvButton({ request, fileName }: CsvButtonProps) {
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (busy) return;
    setBusy(true);
    try {
      saveAs(new Blob([await getCsv(request)], { type: 'text/csv;charset=utf-8' }), `${fileName}.csv`);
    } catch (error) {
      toast(`The CSV could not be made: ${toApiError(error).message}`, 'bad');
    } finally {
      setBusy(false);
    }
  };
  return (
    // Not disabled while it is busy: the keyboard would lose its place.
    <button type="button" className="button" aria-disabled={busy} onClick={() => void save()}>
      <Icon name="download" />
      CSV
    </button>
  );
}
