import { useMemo } from 'react';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { Choice } from '../../components/Choice';
import { changeSearch, useSearch, useSearchChoice } from '../../lib/address';
import { useLiveAsk, useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { recommendationsOf, type Answer } from './answer';
import { AnswerList } from './AnswerList';
import { SubjectFields } from './SubjectFields';
import { basketOf, diversities, limits, mostInBasket, questionOf, subjects, type Question, type Subject, type Wishes } from './tryQuestion';
import { TryOptions } from './TryOptions';

const titles: Record<Subject, string> = { everyone: 'Everyone', product: 'A product', basket: 'A basket', customer: 'A customer' };

/** Asks the recommender as a shop's page would, and shows why it answers what it does. */
export function TryCard() {
  const wishes = useWishes();
  const staff = isStaff(useAccount().role);
  const [, choose] = useSearchChoice<Subject>('try', subjects);
  const offered = subjects.filter((subject) => staff || subject !== 'customer');
  return (
    <Card
      title="Try it"
      icon="spark"
      // Above the cards below, so that its lists of suggestions lie over them.
      className="relative z-10"
      actions={<Choice label="Recommended for" choices={offered.map((subject) => [subject, titles[subject]])} value={wishes.subject} onChange={choose} />}
    >
      <SubjectFields wishes={wishes} />
      <TryOptions wishes={wishes} />
      <Answers wishes={wishes} />
    </Card>
  );
}

function useWishes(): Wishes {
  const search = useSearch();
  const staff = isStaff(useAccount().role);
  const [subject] = useSearchChoice<Subject>('try', subjects);
  const [limit] = useSearchChoice('limit', limits);
  const [diversity] = useSearchChoice('variety', diversities);
  return useMemo(
    () => ({
      // An address that was passed on by somebody who may see more.
      subject: subject === 'customer' && !staff ? 'everyone' : subject,
      product: search.get('product'),
      basket: basketOf(search.get('basket')),
      customer: search.get('customer'),
      limit,
      category: search.get('category'),
      diversity,
      newOnly: search.get('new') === '1',
    }),
    [search, staff, subject, limit, diversity],
  );
}

/** The answer to a question of either kind; the other kind is not asked. */
function useAnswer(question: Question | null) {
  const read = useLiveRead<Answer>(question?.path ?? '', question && 'params' in question ? question.params : null);
  const asked = useLiveAsk<Answer>(question?.path ?? '', question && 'body' in question ? question.body : null);
  return question && 'body' in question ? asked : read;
}

const waiting: Record<Exclude<Subject, 'everyone'>, string> = {
  product: 'Find a product above to see what is recommended on its page.',
  basket: 'Put products into the basket above to see what would complete it.',
  customer: 'Find a customer above to see what is recommended to them.',
};

function Answers({ wishes }: { wishes: Wishes }) {
  const question = useMemo(() => questionOf(wishes), [wishes]);
  const query = useAnswer(question);
  if (question === null) return <CardEmpty title="Nobody to recommend for yet">{wishes.subject !== 'everyone' && waiting[wishes.subject]}</CardEmpty>;
  return (
    <div aria-busy={query.isPlaceholderData} className={query.isPlaceholderData ? 'opacity-60' : ''}>
      <CardBody query={query} skeleton={<div className="skeleton h-96 w-full" />}>
        {(answer) => (
          <AnswerList
            answer={recommendationsOf(answer)}
            varied={wishes.diversity !== diversities[0]}
            onAsk={(id) => changeSearch({ try: 'product', product: id })}
            onAdd={
              wishes.subject === 'basket' && wishes.basket.length < mostInBasket
                ? (id) => changeSearch({ basket: [...wishes.basket, id].join(',') })
                : null
            }
          />
        )}
      </CardBody>
    </div>
  );
}
