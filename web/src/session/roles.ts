import type { User } from '../api/types';

export type Role = User['role'];

/** Who may see the figures: the platform's analytics routes are for these. */
export const figureRoles: readonly Role[] = ['staff', 'analyst', 'admin'];
/** Who may see single orders and accounts, and change what can be changed. */
export const staffRoles: readonly Role[] = ['staff', 'admin'];

export const isStaff = (role: Role): boolean => staffRoles.includes(role);
