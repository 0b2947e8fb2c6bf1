import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { ImageChoice } from '../host/images/origin.ts'

/** What `berthd` tells the agent of one node; a file, so that an agent that is started anew finds it again. */
export interface AgentConfig {
  /** Of the program that runs the agent. */
  readonly build: string
  readonly name: string
  readonly address: string
  readonly podRange: string
  readonly containerdSocket: string
  readonly cgroupParent: string
  /** Pods' volumes, logs and files. */
  readonly root: string
  /** The machine's image layout, and the network from which images may be downloaded. */
  readonly images: string
  readonly imageChoice: ImageChoice
  readonly hostNamespace: string
  readonly apiSocket: string
  /** The name in the API server's certificate. */
  readonly apiServer: string
  /** Where the API server asks for logs and tunnels. */
  readonly doorSocket: string
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** Holds a private key: only its owner may read it. */
export function writeAgentConfig(file: string, config: AgentConfig): void {
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
}

export const readAgentConfig = (file: string): AgentConfig => JSON.parse(readFileSync(file, 'utf8')) as AgentConfig

/** Whether an agent that was started from this file was told the same. */
export const agrees = (file: string, config: AgentConfig): boolean =>
  existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(config)
