import { ApiError } from '../api/errors';

/** Why something was not done, with everything that the API found wrong. The region is there before it speaks. */
export function FormProblem({ error }: { error: unknown }) {
  const known = error instanceof ApiError ? error : null;
  return (
    <div role="alert" className="text-[0.8125rem] text-bad empty:hidden">
      {error !== null && error !== undefined && (
        <>
          <p>{known?.message ?? 'This could not be done.'}</p>
          {known && known.details.length > 0 && (
            <ul className="mt-1 list-disc pl-5">
              {known.details.map((detail) => <li key={detail}>{detail}</li>)}
            </ul>
          )}
        </>
      )}
    </div>
  );
}
