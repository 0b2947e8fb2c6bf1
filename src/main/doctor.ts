import { examineMachine } from '../host/machine/doctor.ts'

/** One line of `berth doctor`. */
export interface Check {
  readonly ok: boolean
  readonly what: string
  readonly mend: string | undefined
}

/** What this machine lacks; a single good line when nothing is missing. */
export async function examine(): Promise<readonly Check[]> {
  const findings = examineMachine()
  if (findings.length === 0)
    return [{ ok: true, what: 'everything for real containers and images is there', mend: undefined }]
  return findings.map(({ problem, mend }) => ({ ok: false, what: problem, mend }))
}
