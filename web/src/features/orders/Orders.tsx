import { usePathname } from '../../lib/address';
import { OrderList } from './OrderList';
import { OrderPage } from './OrderPage';

/** The list at /orders, one order below it. */
export default function Orders() {
  const [, , id] = usePathname().split('/');
  return id === undefined || id === '' ? <OrderList /> : <OrderPage key={id} id={decodeURIComponent(id)} />;
}
