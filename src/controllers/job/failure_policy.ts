import type { Job, Pod } from '../../api/types.ts'

type Rule = NonNullable<Job['spec']['podFailurePolicy']>['rules'][number]

/** What a Job's policy makes of a failed pod. */
export interface FailureMeaning {
  /** `Count` is what happens without a policy. */
  readonly action: string
  readonly message: string
}

/** The first rule that fits decides. */
export function meaningOfFailure(job: Job, pod: Pod): FailureMeaning {
  for (const [at, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = exitCodeFits(rule, pod) ?? conditionFits(rule, pod)
    if (why === undefined) continue
    const { namespace, name } = pod.metadata
    return {
      action: rule.action,
      message: `${why(`${namespace}/${name}`)} matching ${rule.action} rule at index ${at}`,
    }
  }
  return { action: 'Count', message: '' }
}

function exitCodeFits({ onExitCodes }: Rule, { status }: Pod): ((pod: string) => string) | undefined {
  if (onExitCodes === undefined) return undefined
  const { containerName, operator, values } = onExitCodes
  for (const { name, state } of [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]) {
    const code = state?.terminated?.exitCode
    if (code === undefined || code === 0 || (containerName && containerName !== name)) continue
    if (values.includes(code) === (operator === 'In')) {
      return (pod) => `Container ${name} for pod ${pod} failed with exit code ${code}`
    }
  }
  return undefined
}

function conditionFits({ onPodConditions = [] }: Rule, { status }: Pod): ((pod: string) => string) | undefined {
  const found = onPodConditions.find((wanted) =>
    status?.conditions?.some(({ type, status: value }) => type === wanted.type && value === (wanted.status ?? 'True')),
  )
  return found && ((pod) => `Pod ${pod} has condition ${found.type}`)
}
