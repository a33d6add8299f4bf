import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { findAccounts, nameOf } from '../../api/accounts';
import { findOrders } from '../../api/orders';
import { findProducts } from '../../api/products';
import { addressOf, goTo, useSearch } from '../../lib/address';
import { money, shortId } from '../../lib/format';
import { useDelayed } from '../../lib/useDelayed';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import type { Command } from './commands';

const settleMs = 180;
const shortest = 2;
const mostOfEach = 5;

export interface Found {
  commands: readonly Command[];
  /** The answer to what is typed has not come yet; the commands are those of an earlier text. */
  busy: boolean;
  failed: boolean;
}

/** What the shop has under a name: products, and for staff customers and orders. Empty until enough is typed. */
export function useFound(typed: string): Found {
  const search = useSearch();
  const staff = isStaff(useAccount().role);
  const text = useDelayed(typed, settleMs);
  const asks = text.length >= shortest;
  const { data, isFetching, isPlaceholderData, isError } = useQuery({
    queryKey: ['find', 'anything', text, staff],
    queryFn: async ({ signal }) => {
      const [products, accounts, orders] = await Promise.all([
        findProducts(text, signal),
        staff ? findAccounts(text, signal) : [],
        staff ? findOrders(text, signal) : [],
      ]);
      return { products, accounts, orders };
    },
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const waits = typed.length >= shortest && text !== typed;
  const state = { busy: waits || isPlaceholderData || (asks && isFetching && !data), failed: asks && isError };
  if (!asks || !data) return { ...state, commands: [] };
  const go = (path: string, own: Record<string, string> = {}) => () => goTo(addressOf(path, search, own));
  return {
    ...state,
    commands: [
      ...data.orders.slice(0, mostOfEach).map((order): Command => ({
        id: `order ${order.id}`,
        group: 'Orders',
        title: shortId(order.id),
        about: `${order.status}, ${money(Number(order.total_amount), order.currency)}`,
        icon: 'orders',
        run: go(`/orders/${order.id}`),
      })),
      ...data.products.slice(0, mostOfEach).map((product): Command => ({
        id: `product ${product.id}`,
        group: 'Products',
        title: product.name,
        ...(product.sku === null ? {} : { about: product.sku }),
        icon: 'box',
        run: go('/products', { product: product.id }),
      })),
      ...data.accounts.slice(0, mostOfEach).map((account): Command => ({
        id: `account ${account.id}`,
        group: 'Customers’ orders',
        title: nameOf(account),
        about: account.email,
        icon: 'user',
        run: go('/orders', { customer: account.id }),
      })),
    ],
  };
}
