import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseTutorial } from '../../src/cli/tutorial/document.ts'
import { partUntil } from '../../src/cli/tutorial/part.ts'
import { playTutorial } from '../../src/cli/tutorial/play.ts'
import { screenReport } from '../../src/cli/tutorial/screen.ts'
import type { Cluster } from './cluster.ts'

const document = new URL('../../tutorials/replicated-mysql.md', import.meta.url)
const PLAY_MS_MAX = 300_000

/** Does what the document says up to this command of it. @throws Error with what was printed, when it differs */
export async function playReplicatedMysql(cluster: Cluster, until: string): Promise<void> {
  const directory = join(cluster.data, 'reader')
  mkdirSync(directory, { recursive: true })
  let shown = ''
  const { failures } = await playTutorial(
    partUntil(parseTutorial(readFileSync(document, 'utf8'), 'replicated-mysql.md'), until),
    { directory, env: { KUBECONFIG: cluster.kubeconfig } },
    {
      name: 'replicated-mysql.md',
      report: screenReport({ transcript: undefined, output: { write: (text) => (shown += text) } }),
      startOver: false,
      signal: AbortSignal.timeout(PLAY_MS_MAX),
    },
  )
  if (failures.length > 0) throw new Error(shown)
}
