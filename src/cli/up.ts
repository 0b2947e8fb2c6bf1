import { Command } from 'commander'
import {
  type ClusterOptions,
  parseCount,
  parseFeatureGates,
  parseImages,
  parseNodeSize,
  parseStore,
  UsageError,
  UserError,
} from '../main/options.ts'
import { up } from '../main/up.ts'
import { startProgress } from './progress.ts'

/** More nodes than anybody has tried on one machine. */
const NODES_MAX = 5000
const PORT_MAX = 65_535

interface UpFlags {
  readonly data?: string
  readonly port?: string
  readonly nodes?: string
  readonly runtime?: string
  readonly store?: string
  readonly kubeconfig?: string
  readonly featureGates?: string
  readonly nodeSize?: string
  readonly images?: string
  readonly foreground?: true
}

export function upCommand(): Command {
  return new Command('up')
    .description('start the cluster, or make sure that it runs; a stopped one continues where it was')
    .option('--data <dir>', 'where everything is kept (default: berth in your state directory)')
    .option('--port <n>', 'port of the API on 127.0.0.1 (default: 6443, or a free one)')
    .option('--nodes <n>', 'how many nodes; 0: the API and the controllers alone (default: 1)')
    .option('--runtime <name>', 'containerd or simulated (default: containerd where it can run)')
    .option('--store <kind>', 'sqlite, memory or etcd=URL[,URL] (default: sqlite)')
    .option('--kubeconfig <file>', 'write the kubeconfig there as well')
    .option('--feature-gates <list>', 'A=true,B=false as upstream spells them')
    .option('--node-size <list>', 'allocatable of simulated nodes: cpu=4,memory=8Gi,pods=110')
    .option('--images <which>', 'auto, originals or stand-ins where a stand-in can be built (default: auto)')
    .option('--foreground', 'stay, and print the log')
    .action(async (flags: UpFlags) => {
      const progress = startProgress()
      try {
        const result = await up({
          data: flags.data,
          kubeconfig: flags.kubeconfig,
          foreground: flags.foreground === true,
          wanted: wantedOptions(flags),
          report: (step) => progress.step(step),
        })
        progress.end()
        console.log(result.line)
        if ((await result.ended) ?? 0) throw new UserError('berthd ended with a failure; its log above says why')
      } catch (thrown) {
        progress.end()
        throw thrown
      }
    })
}

function wantedOptions(flags: UpFlags): Partial<ClusterOptions> {
  return {
    ...(flags.port === undefined ? {} : { port: parseCount('--port', flags.port, 1, PORT_MAX) }),
    ...(flags.nodes === undefined ? {} : { nodes: parseCount('--nodes', flags.nodes, 0, NODES_MAX) }),
    ...(flags.runtime === undefined ? {} : { runtime: parseRuntime(flags.runtime) }),
    ...(flags.store === undefined ? {} : { store: parseStore(flags.store) }),
    ...(flags.featureGates === undefined ? {} : { featureGates: parseFeatureGates(flags.featureGates) }),
    ...(flags.images === undefined ? {} : { images: parseImages(flags.images) }),
    ...(flags.nodeSize === undefined ? {} : { nodeSize: parseNodeSize(flags.nodeSize) }),
  }
}

function parseRuntime(text: string): ClusterOptions['runtime'] {
  if (text === 'containerd' || text === 'simulated') return text
  throw new UsageError(`--runtime: must be containerd or simulated, not "${text}"`)
}
