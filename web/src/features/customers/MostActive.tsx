import { Link } from 'wouter';
import { useAccounts } from '../../api/accounts';
import type { UserActivity } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { CsvButton } from '../../components/CsvButton';
import { CustomerName } from '../../components/CustomerName';
import { DataTable } from '../../components/DataTable';
import { addressOf, useSearch } from '../../lib/address';
import { count, dayRange, moment, money } from '../../lib/format';
import { afterDays, type Days } from '../../live/useDays';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';

/** Those who spent most in these days. */
export function MostActive({ days }: { days: Days }) {
  const path = '/analytics/users/activity';
  const answer = useLiveRead<UserActivity>(path, days.bounds);
  return (
    <Card
      title="Most active"
      icon="ranking"
      actions={days.bounds && <CsvButton request={{ path, params: days.bounds }} fileName={`most active customers ${days.bounds.from} to ${days.bounds.to}`} />}
    >
      <CardBody query={afterDays(days, answer)} skeleton={<div className="skeleton h-72 w-full" />}>
        {(data) =>
          data.top_users.length === 0 ? (
            <CardEmpty title="Nobody bought in this period">Customers are listed here by what they spend.</CardEmpty>
          ) : (
            <ActiveTable data={data} />
          )
        }
      </CardBody>
    </Card>
  );
}

function ActiveTable({ data: { top_users: users, period } }: { data: UserActivity }) {
  const search = useSearch();
  const staff = isStaff(useAccount().role);
  const accounts = useAccounts(users.map(({ user_id: id }) => id), staff);
  return (
    <DataTable
      caption={`Most active customers, ${dayRange(period.from, period.to)}`}
      columns={[
        {
          key: 'customer',
          head: 'Customer',
          className: 'max-w-48 truncate',
          cell: ({ user_id: id }) =>
            staff ? (
              <Link href={addressOf('/orders', search, { customer: id })} className="text-accent hover:underline">
                <CustomerName id={id} account={accounts.get(id)} />
              </Link>
            ) : (
              <CustomerName id={id} account={undefined} />
            ),
        },
        { key: 'orders', head: 'Orders', align: 'right', cell: (user) => count(user.order_count), value: (user) => user.order_count },
        {
          key: 'spent',
          head: 'Spent',
          align: 'right',
          cell: (user) => <span className="font-medium">{money(user.total_spent, period.currency)}</span>,
          value: (user) => user.total_spent,
        },
        {
          key: 'last',
          head: 'Last order',
          align: 'right',
          cell: (user) => <time dateTime={user.last_order_date}>{moment(user.last_order_date, period.time_zone)}</time>,
          value: (user) => user.last_order_date,
        },
      ]}
      rows={users}
      rowKey={({ user_id: id }) => id}
      maxHeight="max-h-[26rem]"
    />
  );
}
