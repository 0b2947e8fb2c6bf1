import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readClusterFile } from '../../main/cluster_file.ts'
import { runningDaemon } from '../../main/daemon_process.ts'
import { dataDirectory } from '../../main/data_directory.ts'
import { down } from '../../main/down.ts'
import { imagesOfCluster } from '../../main/images.ts'
import { type ClusterOptions, UserError } from '../../main/options.ts'
import { projectFolder } from '../../main/project_files.ts'
import { up } from '../../main/up.ts'
import { type Progress, startProgress } from '../progress.ts'
import { imagesOf, type TutorialDocument } from './document.ts'
import { kubectlMinor } from './kubectl_version.ts'
import type { ShellPlace } from './terminal.ts'

/** What a document is played on: a cluster, and a folder with a shell for the reader. */
export interface Stage {
  readonly place: ShellPlace
  /** An earlier play on this cluster did not come to its end. */
  readonly startOver: boolean
  /** `asSaid`: the document came to its end, so that nothing of it is left in the cluster. */
  close(asSaid: boolean): Promise<void>
}

interface StageOptions {
  readonly data?: string
  readonly keep?: true
  readonly transcript?: string
  readonly images?: ClusterOptions['images'] | undefined
  readonly signal: AbortSignal
}

/** Documents may be played by kubectl of any age; this is where one is looked for when none is in PATH. */
const KUBECTL_PLACES = ['/usr/bin', '/usr/local/bin']

/** Starts the cluster if it does not run, with the images that the document names. @throws UserError */
export async function openStage(name: string, document: TutorialDocument, options: StageOptions): Promise<Stage> {
  if (options.transcript !== undefined) writeFileSync(options.transcript, '')
  requireKubectl(document)
  const ranBefore = runningDaemon(dataDirectory(options.data)) !== undefined
  const leave = async () => {
    if (!ranBefore) await down({ data: options.data, purge: false, report: () => {} })
  }
  const kubeconfig = await prepareCluster(document, options).catch(async (thrown: unknown) => {
    await leave()
    throw thrown
  })
  // The reader's folder stays when a play is cut short, which tells the next one.
  const folder = join(dataDirectory(options.data).root, 'tutorials', name)
  const startOver = existsSync(folder)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return {
    place: placeFor(folder, kubeconfig),
    startOver,
    close: async (asSaid) => {
      if (asSaid) rmSync(folder, { recursive: true, force: true })
      if (options.keep || ranBefore) console.log(`the cluster runs on: export KUBECONFIG=${kubeconfig}`)
      else await leave()
    },
  }
}

/** Answers the kubeconfig's path. */
async function prepareCluster(document: TutorialDocument, options: StageOptions): Promise<string> {
  const fresh = requireNodes(document, options.data) === undefined
  const progress = startProgress()
  try {
    const { kubeconfig, line } = await up({
      data: options.data,
      kubeconfig: undefined,
      foreground: false,
      wanted: { ...(fresh ? { nodes: document.nodes } : {}), ...(options.images && { images: options.images }) },
      report: (step) => progress.step(step),
    })
    requireContainers(options.data)
    const images = await prepareImages(document, options, progress)
    progress.end()
    console.log(line)
    for (const { reference, standsInFor } of images) {
      if (standsInFor !== undefined) console.log(`${reference} is not the original: ${standsInFor}`)
    }
    return kubeconfig
  } finally {
    progress.end()
  }
}

/** The nodes of the cluster that is there, if one is. @throws UserError when they are too few: another's cluster is not changed unasked */
function requireNodes(document: TutorialDocument, data: string | undefined): number | undefined {
  const nodes = readClusterFile(dataDirectory(data))?.nodes
  if (nodes === undefined || nodes === 0 || nodes >= document.nodes) return nodes
  throw new UserError(
    `this document needs ${document.nodes} nodes, and the cluster has ${nodes}; ` +
      `\`berth up --nodes ${document.nodes}\` adds what is missing, and \`--data DIR\` plays on another cluster`,
  )
}

/** Older ones describe objects in other words. @throws UserError */
function requireKubectl({ kubectl }: TutorialDocument): void {
  const minor = kubectlMinor(searchPath())
  if (minor === undefined || minor >= kubectl) return
  throw new UserError(`this document shows what kubectl 1.${kubectl} and newer ones print, and yours is of 1.${minor}`)
}

/** A kubectl is looked for behind what the user has in PATH. */
const searchPath = (...first: readonly string[]): string =>
  [...first, process.env['PATH'] ?? '', ...KUBECTL_PLACES].join(delimiter)

function requireContainers(data: string | undefined): void {
  const known = readClusterFile(dataDirectory(data))
  if (known?.nodes !== 0 && known?.runtime === 'containerd') return
  throw new UserError(
    'this cluster has no real containers, and the documents run commands in them; ' +
      '`berth doctor` says what is missing, and `--data DIR` plays on another cluster',
  )
}

/** What has to be fetched or built is here before the reader waits for a pod. */
async function prepareImages(document: TutorialDocument, options: StageOptions, progress: Progress) {
  const images = imagesOfCluster(options.data, (step) => progress.step(step))
  const prepared = []
  for (const name of imagesOf(document)) {
    options.signal.throwIfAborted()
    // Some documents name images on purpose that are nowhere.
    if (!images.canBuild(name)) continue
    progress.step(`preparing ${name}`)
    prepared.push(await images.obtain(name))
  }
  return prepared
}

/** The reader's folder, with `berth` itself and a kubectl in PATH. */
function placeFor(directory: string, kubeconfig: string): ShellPlace {
  const tools = join(directory, '.bin')
  mkdirSync(tools)
  const berth = join(projectFolder(), 'bin', 'berth')
  if (existsSync(berth)) symlinkSync(berth, join(tools, 'berth'))
  return { directory, env: { KUBECONFIG: kubeconfig, PATH: searchPath(tools), NO_COLOR: '1', HOME: directory } }
}
