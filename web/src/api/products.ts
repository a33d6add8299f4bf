import { get } from './client';
import type { Product } from './types';

const most = 10;

export const findProducts = async (search: string, signal: AbortSignal): Promise<readonly Product[]> =>
  (await get<{ products: Product[] }>('/products', { params: { search, limit: most }, signal })).products;
