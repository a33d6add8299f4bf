/** Stands where there is no figure, which is not the same as zero. */
export const NoFigure = ({ why }: { why: string }) => <span title={why}>–</span>;

/** Why there is no change in percent. */
export const nothingBefore = 'There was nothing before that it could be held against.';
