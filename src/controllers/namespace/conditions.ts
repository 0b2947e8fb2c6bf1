import type { Namespace } from '../../api/types.ts'
import type { Millis } from '../../base/clock.ts'
import { toRfc3339 } from '../../base/time.ts'
import type { Contents } from './contents.ts'

type NamespaceCondition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number]

interface Verdict {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** What the status of a namespace that ends says about the last attempt to empty it, in upstream's order and words. */
export function deletionConditions(
  old: readonly NamespaceCondition[],
  attempt: Contents,
  now: Millis,
): readonly NamespaceCondition[] {
  const verdicts = [DISCOVERED, PARSED, failureVerdict(attempt), remainingVerdict(attempt), finalizerVerdict(attempt)]
  return verdicts.map((verdict) => {
    const known = old.find((condition) => condition.type === verdict.type)
    const same = known !== undefined && known.status === verdict.status
    return { lastTransitionTime: same ? known.lastTransitionTime : toRfc3339(now), ...verdict } as NamespaceCondition
  })
}

const DISCOVERED: Verdict = {
  type: 'NamespaceDeletionDiscoveryFailure',
  status: 'False',
  reason: 'ResourcesDiscovered',
  message: 'All resources successfully discovered',
}
const PARSED: Verdict = {
  type: 'NamespaceDeletionGroupVersionParsingFailure',
  status: 'False',
  reason: 'ParsedGroupVersions',
  message: 'All legacy kube types successfully parsed',
}

function failureVerdict({ failures }: Contents): Verdict {
  const type = 'NamespaceDeletionContentFailure'
  if (failures.length > 0) {
    return { type, status: 'True', reason: 'ContentDeletionFailed', message: failures.join(', ') }
  }
  const message = 'All content successfully deleted, may be waiting on finalization'
  return { type, status: 'False', reason: 'ContentDeleted', message }
}

function remainingVerdict({ found }: Contents): Verdict {
  const type = 'NamespaceContentRemaining'
  if (found.length === 0) {
    return { type, status: 'False', reason: 'ContentRemoved', message: 'All content successfully removed' }
  }
  const counts = found.map(
    ({ resource, objects }) => `${resource.resource}.${resource.group} has ${objects.length} resource instances`,
  )
  const message = `Some resources are remaining: ${counts.sort().join(', ')}`
  return { type, status: 'True', reason: 'SomeResourcesRemain', message }
}

function finalizerVerdict({ found }: Contents): Verdict {
  const type = 'NamespaceFinalizersRemaining'
  const counts = new Map<string, number>()
  for (const name of found.flatMap(({ objects }) => objects.flatMap((object) => object.metadata.finalizers ?? []))) {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  if (counts.size === 0) {
    const message = 'All content-preserving finalizers finished'
    return { type, status: 'False', reason: 'ContentHasNoFinalizers', message }
  }
  const parts = [...counts].map(([name, count]) => `${name} in ${count} resource instances`)
  const message = `Some content in the namespace has finalizers remaining: ${parts.sort().join(', ')}`
  return { type, status: 'True', reason: 'SomeFinalizersRemain', message }
}
