import { useSearch, usePathname } from '../../lib/address';
import { isUuid } from '../../lib/ids';
import { readFilters } from './filters';
import { OrderList } from './OrderList';
import { OrderPage, WrongNumber } from './OrderPage';

/** The list of orders, or the one that the address names: /orders/<id>. */
export default function Orders() {
  const path = usePathname();
  const search = useSearch();
  const id = path.slice('/orders/'.length);
  if (id === '') return <OrderList filters={readFilters(search)} />;
  return isUuid(id) ? <OrderPage key={id} id={id} /> : <WrongNumber />;
}
