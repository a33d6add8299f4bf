import { lazy, type ComponentType } from 'react';
import type { IconName } from '../../components/Icon';
import { figureRoles, staffRoles, type Role } from '../../session/roles';
import { Overview } from '../overview/Overview';

export interface ViewEntry {
  path: string;
  title: string;
  icon: IconName;
  /** What it is for, in a few words: shown where views are chosen from. */
  about: string;
  roles: readonly Role[];
  /** Whether further parts of the address belong to it: /orders/… */
  nested?: boolean;
  View: ComponentType;
}

/** In the order of the navigation. The first is there at once; the others are fetched when they are opened. */
export const views: readonly ViewEntry[] = [
  {
    path: '/',
    title: 'Overview',
    icon: 'overview',
    about: 'The shop at a glance, live',
    roles: figureRoles,
    View: Overview,
  },
  {
    path: '/sales',
    title: 'Sales',
    icon: 'chart',
    about: 'Any days, by hour, day, week or month',
    roles: figureRoles,
    View: lazy(() => import('../sales/Sales')),
  },
  {
    path: '/products',
    title: 'Products',
    icon: 'box',
    about: 'Top and falling, stock, bought together',
    roles: figureRoles,
    View: lazy(() => import('../products/Products')),
  },
  {
    path: '/customers',
    title: 'Customers',
    icon: 'customers',
    about: 'New, returning, most active, segments',
    roles: figureRoles,
    View: lazy(() => import('../customers/Customers')),
  },
  {
    path: '/orders',
    title: 'Orders',
    icon: 'orders',
    about: 'Every order, its history and its next steps',
    roles: staffRoles,
    nested: true,
    View: lazy(() => import('../orders/Orders')),
  },
  {
    path: '/recommendations',
    title: 'Recommendations',
    icon: 'spark',
    about: 'Try them, how good they are, experiments',
    roles: figureRoles,
    View: lazy(() => import('../recommendations/Recommendations')),
  },
  {
    path: '/system',
    title: 'System',
    icon: 'pulse',
    about: 'Services, event log, ledger and analytics, alerts',
    roles: figureRoles,
    View: lazy(() => import('../system/System')),
  },
];

export const viewsFor = (role: Role): readonly ViewEntry[] => views.filter(({ roles }) => roles.includes(role));

/** The view of an address, with or without a slash at its end; undefined when there is none. */
export function viewAt(path: string, among: readonly ViewEntry[]): ViewEntry | undefined {
  const bare = path === '/' ? path : path.replace(/\/$/, '');
  return among.find((view) => bare === view.path || (view.nested === true && bare.startsWith(`${view.path}/`)));
}
