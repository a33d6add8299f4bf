import { Link } from 'wouter';
import { usePathname, useSearch, withSearch } from '../../lib/address';

interface ProductLinkProps {
  id: string;
  name: string;
  /** Whether it is the one that is looked at. */
  current?: boolean;
}

/** Chooses a product: the same view with the product in its address. */
export function ProductLink({ id, name, current = false }: ProductLinkProps) {
  const path = usePathname();
  const search = useSearch();
  return (
    <Link
      href={withSearch(path, search, { product: id })}
      aria-current={current ? 'true' : undefined}
      title={name}
      className="line-clamp-2 rounded hover:underline aria-[current=true]:font-semibold aria-[current=true]:text-accent"
    >
      {name}
    </Link>
  );
}
