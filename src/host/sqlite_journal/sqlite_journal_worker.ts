import { parentPort } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { messageOf } from '../../base/log.ts'
import { JournalDatabase } from './database.ts'
import { openDatabase } from './format.ts'
import {
  type JournalCall,
  type JournalCalls,
  type JournalRequest,
  type JournalResponse,
  unpackRecords,
} from './messages.ts'

type Handlers = { readonly [C in JournalCall]: (asks: JournalCalls[C]['asks']) => JournalCalls[C]['answers'] }

let open: JournalDatabase | undefined

const handlers: Handlers = {
  open: ({ file }) => {
    open = new JournalDatabase(openDatabase(file))
    return open.position()
  },
  load: ({ after, limit }) => database().loadPage(after, limit),
  append: (batch) => void database().append(unpackRecords(batch)),
  position: () => database().position(),
  compact: ({ revision }) => void database().compact(revision),
  events: (query) => database().events(query),
  snapshot: (query) => database().snapshot(query),
  close: () => {
    open?.close()
    open = undefined
    return undefined
  },
}

function database(): JournalDatabase {
  assert(open !== undefined, 'the journal is open')
  return open
}

function answer<C extends JournalCall>({ id, call, asks }: JournalRequest<C>): JournalResponse {
  try {
    return { id, answer: handlers[call](asks) }
  } catch (error) {
    return { id, error: messageOf(error) }
  }
}

parentPort?.on('message', (request: JournalRequest) => parentPort?.postMessage(answer(request)))
