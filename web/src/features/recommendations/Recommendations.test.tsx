import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ExperimentReport } from '../../api/types';
import { axeFindings } from '../../test/axe';
import { popular, sessionData, storeSession } from '../../test/fixtures';
import { open, shopServer } from '../../test/open';
import { ok, refuse, type FakeServer } from '../../test/server';
import { blend, control, cup, experiment, list, next, noCases, quality, report, similar, status, teapot } from './fixtures';

let server: FakeServer;

const basket = '/api/ai/recommendations/basket';
const experiments = '/api/ai/experiments';
const customer = '01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40';

const card = (name: string) => screen.findByRole('region', { name });
const inside = async (name: string) => within(await card(name));
const cells = (part: HTMLElement, name: string | RegExp) => {
  const line = within(part).getByRole('rowheader', { name }).closest('tr') as HTMLElement;
  return within(line).getAllByRole('cell').map((cell) => cell.textContent);
};

beforeEach(() => {
  ({ server } = shopServer());
  server
    .on('GET /api/ai/recommendations/popular', () => ok(popular))
    .on(`GET /api/ai/recommendations/product/${teapot}`, () => ok(similar()))
    .on(`GET /api/ai/recommendations/user/${customer}`, () => ok({ ...list(), user_id: customer }))
    .on(`POST ${basket}`, () => ok(list()))
    .on('GET /api/products/categories/all', () => ok({ categories: ['Garden', 'Kitchen'] }))
    .on(`GET /api/products/${teapot}`, () => ok({ product: { id: teapot, name: 'BLUE TEAPOT' } }))
    .on(`GET /api/products/${cup}`, () => ok({ product: { id: cup, name: 'BLUE CUP' } }))
    .on('GET /api/users', () => ok({ users: [sessionData().user] }))
    .on('GET /api/ai/model/status', () => ok(status()))
    .on('GET /api/ai/model/quality', () => ok(quality()))
    .on(`GET ${experiments}`, () => ok({ experiments: [experiment()] }))
    .on(`GET ${experiments}/${experiment().id}/report`, () => ok(report()));
  storeSession();
});

describe('trying', () => {
  test('begins with what everyone is recommended, and axe finds nothing', async () => {
    const { container } = await open('/recommendations');
    const table = await screen.findByRole('region', { name: 'What is recommended, best first' });
    expect(cells(table, 'Blue Teapot').slice(0, 3)).toEqual(['Best seller: A best seller', '120', '80']);
    expect(await card('Try it')).toHaveTextContent('Algorithm popularity based (what sells most), model version 3.');
    expect(server.to('/api/ai/recommendations/popular').at(-1)?.search.toString()).toBe('limit=10');
    await screen.findByText('Blend against popular');
    expect(document.title).toBe('Recommendations · Lantern & Loom');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('a product of the address is asked about with the wishes of the address', async () => {
    await open(`/recommendations?try=product&product=${teapot}&limit=20&variety=0.3&category=Kitchen`);
    const table = await screen.findByRole('region', { name: 'What is recommended, best first' });
    expect(cells(table, 'BLUE CUP').slice(0, 2)).toEqual(['Bought together: Bought together with BLUE TEAPOT', '1.82']);
    expect(cells(table, 'OVEN GLOVE')[1]).toBe('fills up');
    expect(server.to(`/api/ai/recommendations/product/${teapot}`)[0]?.search.toString()).toBe('limit=20&category=Kitchen&diversity=0.3');
    expect(await screen.findByRole('button', { name: 'Take BLUE TEAPOT away' })).toBeVisible();
    expect(screen.getByLabelText('How many')).toHaveValue('20');
    await userEvent.selectOptions(screen.getByLabelText('How many'), '10');
    await userEvent.selectOptions(screen.getByLabelText('Category'), 'All categories');
    await userEvent.selectOptions(screen.getByLabelText('Variety'), 'Best only');
    expect(window.location.search).toBe(`?try=product&product=${teapot}`);
  });

  test('a basket is filled from its own answer and emptied again', async () => {
    await open(`/recommendations?try=basket&basket=${teapot}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Put BLUE CUP into the basket' }));
    await waitFor(() => expect(server.to(basket).at(-1)?.body).toEqual({ product_ids: [teapot, cup], limit: 10 }));
    expect(new URLSearchParams(window.location.search).get('basket')).toBe(`${teapot},${cup}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Take BLUE TEAPOT away' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Take BLUE CUP away' }));
    expect(await screen.findByText(/Put products into the basket above/)).toBeVisible();
    expect(window.location.search).toBe('?try=basket');
  });

  test('a customer is found by name, and may be asked for what is new to them', async () => {
    await open('/recommendations?try=customer');
    await userEvent.type(await screen.findByRole('combobox', { name: 'Find a customer' }), 'ada');
    await userEvent.click(await screen.findByRole('option', { name: /Ada Loom/ }));
    await screen.findByText('BLUE CUP');
    await userEvent.click(screen.getByRole('checkbox', { name: 'Only what is new to them' }));
    await waitFor(() => expect(server.to(`/api/ai/recommendations/user/${customer}`).at(-1)?.search.toString()).toBe('limit=10&new_only=true'));
    expect(window.location.search).toBe(`?try=customer&customer=${customer}&new=1`);
  });

  test('analysts try no customers, also by an address that they were sent', async () => {
    storeSession(undefined, 'analyst');
    await open(`/recommendations?try=customer&customer=${customer}`);
    await (await inside('Try it')).findByText('Blue Teapot');
    expect(screen.queryByRole('button', { name: 'A customer' })).not.toBeInTheDocument();
    expect(server.to(`/api/ai/recommendations/user/${customer}`)).toHaveLength(0);
    expect(screen.queryByRole('button', { name: 'Train anew' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Plan an experiment' })).not.toBeInTheDocument();
  });

  test('a product that is not there is told, and asked for again', async () => {
    server.on(`GET /api/ai/recommendations/product/${teapot}`, () => refuse(404, 'There is no such product.'));
    await open(`/recommendations?try=product&product=${teapot}`);
    const tried = await inside('Try it');
    expect(await tried.findByText('There is no such product.')).toBeVisible();
    server.on(`GET /api/ai/recommendations/product/${teapot}`, () => ok(similar()));
    await userEvent.click(tried.getByRole('button', { name: 'Try again' }));
    expect(await tried.findByText('BLUE CUP')).toBeVisible();
  });

  test('nothing to recommend is no error', async () => {
    server.on('GET /api/ai/recommendations/popular', () => ok({ ...popular, popular_products: [], count: 0 }));
    await open('/recommendations');
    expect(await screen.findByText('Nothing to recommend')).toBeVisible();
  });
});

describe('the model', () => {
  test('tells what it has learnt and when', async () => {
    server.on('GET /api/ai/model/status', () => ok(status({ orders_count: 18_402, model_bytes: 8_388_608, training_ms: 41, refresh_ms: 2_875, events_behind: 3, restored_at: null })));
    await open('/recommendations');
    const model = await card('The model');
    await within(model).findByText('3 events behind');
    for (const text of ['Orders18,402', 'in 41 ms', 'in 2.9 s', 'Memory8.4 MB', 'Taken upnot from a snapshot']) expect(model).toHaveTextContent(text);
  });

  test('a training is shown while it runs, and its end is said', async () => {
    let training: unknown = null;
    let version = 3;
    const started = '2026-11-23T09:30:00.000Z';
    server
      .on('GET /api/ai/model/status', () => ok({ ...status({ model_version: version, timestamp: training ? '2026-11-23T09:30:01.000Z' : '2026-11-23T09:29:00.000Z' }), training }))
      .on('POST /api/ai/train', () => {
        training = { started_at: started, phase: 'counting', done: 0.4 };
        return ok({ timestamp: started });
      });
    await open('/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Train anew' }));
    expect(await screen.findByRole('progressbar', { name: 'Counting orders, pairs and customers' })).toHaveAttribute('aria-valuenow', '40');
    expect(screen.queryByText(/was under way already/)).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Train anew' }));
    expect(await screen.findByText(/A training was under way already/)).toBeVisible();
    training = null;
    version = 5;
    server.on('GET /api/ai/model/status', () => ok(status({ model_version: version, timestamp: '2026-11-23T09:30:09.000Z' })));
    expect(await screen.findByText('The model is trained: version 5 answers now.')).toBeVisible();
    expect(screen.queryByRole('progressbar')).not.toBeInTheDocument();
  });

  test('one that is over before it could be looked at is said, too', async () => {
    server
      .on('GET /api/ai/model/status', () => ok(status({ timestamp: '2026-11-23T09:29:00.000Z' })))
      .on('POST /api/ai/train', () => {
        server.on('GET /api/ai/model/status', () => ok(status({ model_version: 4, timestamp: '2026-11-23T09:30:00.100Z' })));
        return ok({ timestamp: '2026-11-23T09:30:00.000Z' });
      });
    await open('/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Train anew' }));
    expect(await screen.findByText('The model is trained: version 4 answers now.')).toBeVisible();
  });

  test('why it could not be trained', async () => {
    server.on('POST /api/ai/train', () => refuse(503, 'Later.'));
    await open('/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Train anew' }));
    expect(await screen.findByText('The training could not be started: Later.')).toBeVisible();
  });
});

describe('quality', () => {
  test('says in words what the answer holds, and has it as a table', async () => {
    await open('/recommendations');
    const pairs = await card('Would it have been recommended?');
    expect(await within(pairs).findByText(/^Of 200 orders, 31% held something of the 10 products .* best sellers alone: 12%\.$/)).toBeInTheDocument();
    expect(pairs).toHaveTextContent('Better than best sellers');
    expect(pairs).toHaveTextContent('What is in the cart: no order to tell by in these days.');
    await userEvent.click(within(pairs).getByRole('button', { name: 'Show table' }));
    expect(cells(pairs, 'Who orders')).toEqual(['200', '31%', '12%', '+19 points', '+13 points', '+25 points', '0.21', '0.06']);
    expect(cells(pairs, 'What is in the cart')).toEqual(['0', '–', '–', '–', '–', '–', '–', '–']);
    const byDay = await card('Foretold by day');
    await userEvent.click(within(byDay).getByRole('button', { name: 'Show table' }));
    expect(cells(byDay, /23/)).toEqual(['120', '32.5%', '13.3%']);
  });

  test('too few orders prove nothing', async () => {
    server.on('GET /api/ai/model/quality', () => ok(quality({ tasks: [next({ lift: { hit_rate_difference: 0.19, low: -0.03, high: 0.41 } }), noCases('basket')] })));
    await open('/recommendations');
    expect(await within(await card('Would it have been recommended?')).findByText('Too few orders to tell')).toBeInTheDocument();
  });

  test('days and task are in the address', async () => {
    await open('/recommendations?days=90&task=basket');
    const byDay = await inside('Foretold by day');
    expect(await byDay.findByText('No order to tell by yet')).toBeVisible();
    expect(server.to('/api/ai/model/quality')[0]?.search.toString()).toBe('days=90');
    await userEvent.click(byDay.getByRole('button', { name: 'Who orders' }));
    await userEvent.click(screen.getByRole('button', { name: '7 days' }));
    await waitFor(() => expect(server.to('/api/ai/model/quality').at(-1)?.search.toString()).toBe('days=7'));
    expect(window.location.search).toBe('?days=7');
  });

  test('without orders it says what brings the first figures', async () => {
    server.on('GET /api/ai/model/quality', () => ok(quality({ tasks: [noCases('next'), noCases('basket')] })));
    await open('/recommendations');
    expect(await screen.findAllByText('No order to tell by yet')).toHaveLength(2);
  });

  test('orders that were not examined are not hushed up', async () => {
    server.on('GET /api/ai/model/quality', () => ok(quality({ passed_over_orders: 12 })));
    await open('/recommendations');
    expect(await screen.findByText(/^12 orders came faster than they could be examined/)).toBeVisible();
  });
});

describe('experiments', () => {
  test('one is opened from the list and says its decision and what it rests on', async () => {
    const { container } = await open('/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Blend against popular' }));
    expect(window.location.search).toBe(`?experiment=${experiment().id}`);
    const shown = await card('Blend against popular');
    await within(shown).findByText('blend wins');
    expect(shown).toHaveTextContent('It is proven better than popular in customers who order.');
    const compared = within(shown).getByRole('region', { name: 'Each variant against the control' });
    expect(cells(compared, /blend/)).toEqual(['Customers who order · decides', '12.5%', '10%', '+25%', '', '+10% to +42%', 'under 0.1%', '+15% to +36%', 'under 0.1%', 'winner']);
    expect(shown).toHaveTextContent('blend: Revenue per customer may fall by 5% at most; for sure it changes by -2% to +43%. Stops the experiment when it is broken.');
    expect(shown).toHaveTextContent('every order is counted. Groups fit their weights (chance of such a split: 84%).');
    expect(await axeFindings(container)).toEqual([]);
  });

  test('an interleaved one says whose products were chosen', async () => {
    const preference = { second_share: 0.62, confidence_interval: null, p_value: 0.001, always_valid_interval: { low: 0.54, high: 0.7 }, always_valid_p_value: 0.004 };
    const team = { clicks: 40, bought_lines: 3, click_revenue: 90, preferred_by_click: 38, preferred_by_purchase: 2 };
    server.on(`GET ${experiments}/${experiment().id}/report`, () =>
      ok(
        report({
          experiment: experiment({ kind: 'interleaving', metric: 'click_through' }),
          interleaving: {
            subjects: 500, customers: 400, impressions: 900, clicks: 100, clicks_per_impression: 0.11, clicking_subjects: 100, click_through: 0.2,
            converting_customers: 20, conversion: 0.05, orders: 21, revenue: 800, revenue_per_customer: 2, click_revenue: 180, revenue_per_impression: 0.2,
            teams: [{ variant: 'popular', ...team }, { variant: 'blend', ...team, clicks: 60, preferred_by_click: 62 }],
            by_click: preference,
            by_purchase: { ...preference, second_share: null, always_valid_interval: null },
          } as unknown as ExperimentReport['interleaving'],
        }),
      ),
    );
    await open(`/recommendations?experiment=${experiment().id}`);
    expect(await screen.findByText('By click, 62% prefer blend; for sure 54% to 70% (by chance: 0.4%).')).toBeVisible();
    expect(screen.getByText('By purchase: nobody has chosen yet.')).toBeVisible();
    expect(screen.getByText(/^500 people saw 900 answers and clicked 100 times/)).toBeVisible();
  });

  test('is stopped only after it was confirmed', async () => {
    server.on(`POST ${experiments}/${experiment().id}/stop`, () => ok({ experiment: experiment({ status: 'stopped' }) }));
    await open(`/recommendations?experiment=${experiment().id}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Stop it' }));
    const dialog = await screen.findByRole('dialog', { name: 'Stop the experiment for good?' });
    expect(server.to(`${experiments}/${experiment().id}/stop`)).toHaveLength(0);
    const before = server.to(experiments).length;
    await userEvent.click(within(dialog).getByRole('button', { name: 'Stop it' }));
    expect(await screen.findByText('The experiment is stopped.')).toBeVisible();
    await waitFor(() => expect(server.to(experiments).length).toBeGreaterThan(before));
  });

  test('a draft is started or deleted; a conflict is told in the API’s words', async () => {
    const draft = experiment({ status: 'draft', started_at: null });
    server
      .on(`GET ${experiments}/${draft.id}/report`, () => ok(report({ experiment: draft, verdict: 'undecided', winner: null })))
      .on(`POST ${experiments}/${draft.id}/start`, () => refuse(409, 'The experiment ‘other’ runs on this placement; stop it first.'))
      .on(`DELETE ${experiments}/${draft.id}`, () => ok({}));
    await open(`/recommendations?experiment=${draft.id}`);
    await userEvent.click(await screen.findByRole('button', { name: 'Start it' }));
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Start it' }));
    expect(await screen.findByText(/runs on this placement; stop it first/)).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Delete it' }));
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Delete it' }));
    expect(await screen.findByText('The draft is deleted.')).toBeVisible();
    expect(window.location.search).toBe('');
  });

  test('is planned by the form; what the API finds wrong stands at its field', async () => {
    server.on(`POST ${experiments}`, () =>
      refuse(400, 'The request breaks one or more rules; see errors.', {
        errors: ['name: must not be empty', 'variants[1].name: is the name of another variant too', 'guardrails[0].max_drop_percent: must be an amount'],
      }),
    );
    await open('/recommendations');
    await userEvent.click(await screen.findByRole('button', { name: 'Plan an experiment' }));
    const dialog = await screen.findByRole('dialog', { name: 'Plan an experiment' });
    await userEvent.click(within(dialog).getByRole('button', { name: 'A guardrail' }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Plan it' }));
    const [name, , second] = await within(dialog).findAllByLabelText('Name');
    expect(name).toHaveAccessibleDescription('must not be empty');
    expect(name).toHaveFocus();
    expect(second).toHaveAccessibleDescription('is the name of another variant too');
    expect(within(dialog).getByLabelText('By at most, %')).toHaveAccessibleDescription('must be an amount');
    expect(await axeFindings(dialog)).toEqual([]);

    server.on(`POST ${experiments}`, () => ok({ experiment: experiment({ status: 'draft' }) }));
    await userEvent.type(name as HTMLElement, 'Blend against popular');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Plan it' }));
    expect(await screen.findByText(/The experiment is planned/)).toBeVisible();
    const sent = server.calls.filter(({ method, path }) => method === 'POST' && path === experiments).at(-1);
    expect(sent?.body).toEqual({
      name: 'Blend against popular',
      placement: 'next',
      kind: 'ab',
      variants: [
        { name: 'as now', algorithm: 'blend', weight: 1, is_control: true },
        { name: 'best sellers', algorithm: 'popular', weight: 1, is_control: false },
      ],
      attribution_days: 7,
      metric: 'conversion',
      expected_lift_percent: 10,
      negligible_lift_percent: 2,
      guardrails: [{ metric: 'revenue_per_customer', max_drop_percent: 5, stops_experiment: true }],
    });
    expect(window.location.search).toBe(`?experiment=${experiment().id}`);
  });

  test('one that nobody has seen shows no figures', async () => {
    const unseen = { ...control, subjects: 0, customers: 0 };
    server.on(`GET ${experiments}/${experiment().id}/report`, () => ok(report({ verdict: 'undecided', winner: null, variants: [unseen, { ...blend, ...unseen, name: 'blend' }] })));
    await open(`/recommendations?experiment=${experiment().id}`);
    expect(await screen.findByText('Nobody has seen an answer yet')).toBeVisible();
  });

  test('without any it says what one is for', async () => {
    server.on(`GET ${experiments}`, () => ok({ experiments: [] }));
    await open('/recommendations');
    expect(await screen.findByText('No experiments yet')).toBeVisible();
  });
});
