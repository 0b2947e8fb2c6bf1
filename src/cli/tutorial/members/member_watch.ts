import type { ChildProcess } from 'node:child_process'
import { isPodEnding } from '../../../api/pod_state.ts'
import type { Pod, StatefulSet } from '../../../api/types.ts'
import { type Member, membersOf } from './member.ts'
import { ObjectWatch } from './object_watch.ts'
import { startQuietly } from './quiet_process.ts'
import { isWholeAnswer, REPLICATION_QUESTION, type Replication, readReplication } from './replication.ts'

/** The container with the server, and with the `mysql` client. */
const CONTAINER = 'mysql'
/** Every server is asked so often, over a connection that is kept. */
const ASK_MS = 1_000
const RECONNECT_TURNS = 3
/** What was said longer ago says nothing of now. */
const SILENT_TURNS_MAX = 3

interface Conversation {
  readonly uid: string
  readonly client: ChildProcess
  unread: string
  silentTurns: number
}

/** Follows the members of a replicated MySQL: the pods and sets of a label, and what the servers say of themselves. */
export class MemberWatch {
  readonly #pods: ObjectWatch<Pod>
  readonly #sets: ObjectWatch<StatefulSet>
  readonly #env: NodeJS.ProcessEnv
  readonly #said = new Map<string, Replication>()
  readonly #conversations = new Map<string, Conversation>()
  readonly #asking: NodeJS.Timeout
  #turn = 0

  /** `selector` is a label selector, as `kubectl -l` takes it. */
  constructor(selector: string, env: NodeJS.ProcessEnv) {
    this.#env = env
    this.#pods = new ObjectWatch('pods', selector, env)
    this.#sets = new ObjectWatch('statefulsets', selector, env)
    this.#asking = setInterval(() => this.#ask(), ASK_MS)
  }

  get members(): readonly Member[] {
    return membersOf(this.#pods.objects, this.#sets.objects, this.#said)
  }

  close(): void {
    clearInterval(this.#asking)
    for (const name of this.#conversations.keys()) this.#hangUp(name)
    this.#pods.close()
    this.#sets.close()
  }

  #ask(): void {
    this.#turn += 1
    const servers = new Map(
      this.#pods.objects.filter(isServer).map((pod) => [pod.metadata.name, pod.metadata.uid ?? '']),
    )
    for (const [name, { uid }] of this.#conversations) if (servers.get(name) !== uid) this.#hangUp(name)
    for (const [name, uid] of servers) {
      const conversation = this.#conversations.get(name)
      if (conversation !== undefined) this.#askAgain(name, conversation)
      else if (this.#turn % RECONNECT_TURNS === 0) this.#connect(name, uid)
    }
  }

  #askAgain(name: string, conversation: Conversation): void {
    conversation.silentTurns += 1
    // An unanswered question is not put twice.
    if (conversation.silentTurns === 1) conversation.client.stdin?.write(REPLICATION_QUESTION)
    else if (conversation.silentTurns > SILENT_TURNS_MAX) this.#hangUp(name)
  }

  #connect(name: string, uid: string): void {
    const mysql = ['mysql', '--force', '--unbuffered']
    const client = startQuietly(['kubectl', 'exec', '-i', name, '-c', CONTAINER, '--', ...mysql], this.#env)
    const conversation: Conversation = { uid, client, unread: '', silentTurns: 1 }
    this.#conversations.set(name, conversation)
    client.stdin?.write(REPLICATION_QUESTION)
    client.stdout?.on('data', (chunk: Buffer) => {
      conversation.unread += chunk
      if (!isWholeAnswer(conversation.unread)) return
      this.#said.set(name, readReplication(conversation.unread))
      conversation.unread = ''
      conversation.silentTurns = 0
    })
    client.on('close', () => {
      if (this.#conversations.get(name) === conversation) this.#hangUp(name)
    })
  }

  #hangUp(name: string): void {
    this.#conversations.get(name)?.client.kill('SIGKILL')
    this.#conversations.delete(name)
    this.#said.delete(name)
  }
}

const isServer = (pod: Pod): boolean =>
  !isPodEnding(pod) &&
  (pod.status?.containerStatuses ?? []).some(
    (status) => status.name === CONTAINER && status.state?.running !== undefined,
  )
