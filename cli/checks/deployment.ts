/** What `deploy/` starts, read from the compose file or the Kubernetes manifests in one form. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

export type DeployedProcess = {
  /** Replicas, and services that differ by a number alone, are one process. */
  name: string;
  copies: number;
  image: string;
  /** Of `outrider`; empty for what is not ours. */
  command: readonly string[];
  /** Commands that have to end well before it starts. */
  before: readonly (readonly string[])[];
  /** Ports that it is reached at, and those of its probes. */
  ports: readonly number[];
  probes: readonly { path: string; port: number }[];
  /** Where volumes and secrets are. */
  mounts: readonly string[];
  graceSeconds: number;
  hasRequests: boolean;
};

export type Deployment = {
  processes: readonly DeployedProcess[];
  /** Host names by which processes reach each other, and their ports; undefined: any. */
  hosts: ReadonlyMap<string, readonly number[] | undefined>;
  /** What refers to something that is not there, in words. */
  dangling: readonly string[];
};

/** Of both formats what is looked at here. */
type ComposeService = {
  readonly image: string;
  readonly command: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas?: number; readonly resources?: { reservations?: unknown } };
  readonly stop_grace_period: string;
};

type ComposeFile = Readonly<Record<'volumes' | 'secrets', Record<string, unknown>>> & {
  readonly services: Readonly<Record<string, ComposeService>>;
};

type Probe = Readonly<Record<'httpGet' | 'tcpSocket', { path?: string; port: string }>>;

type Container = {
  readonly image: string;
  readonly args: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: { readonly requests?: unknown };
};

type Named = { readonly name: string };

type Workload = {
  readonly kind: string;
  readonly metadata: Named;
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly volumeClaimTemplates?: readonly { readonly metadata: Named }[];
    readonly template: {
      readonly metadata: { readonly labels: { readonly app: string } };
      readonly spec: {
        readonly terminationGracePeriodSeconds?: number;
        readonly volumes?: readonly Named[];
        readonly containers: readonly [Container];
        readonly initContainers?: readonly Container[];
      };
    };
  };
};

type Selecting = {
  readonly kind: string;
  readonly metadata: Named;
  readonly spec: {
    readonly selector: { readonly app?: string; readonly matchLabels?: { readonly app: string } };
    readonly ports?: readonly { readonly port: number }[];
  };
};

const OURS = 'outrider:';
const withoutNumber = (name: string) => name.replace(/-\d+$/, '');

export function readCompose(file: string): Deployment {
  const { services, volumes, secrets } = parse(readFileSync(file, 'utf8'), {
    merge: true,
  }) as ComposeFile;
  const byName = new Map<string, DeployedProcess>();
  const dangling: string[] = [];
  for (const [service, given] of Object.entries(services)) {
    const mounted = (given.volumes ?? []).map(text => text.split(':'));
    for (const [volume] of mounted) {
      if (!(volume! in volumes)) dangling.push(`${service}: volume ${volume}`);
    }
    for (const secret of given.secrets ?? []) {
      if (!(secret in secrets)) dangling.push(`${service}: secret ${secret}`);
    }
    for (const other of Object.keys(given.depends_on ?? {})) {
      if (!(other in services)) dangling.push(`${service}: depends on ${other}`);
    }
    const name = withoutNumber(service);
    const copies = (given.deploy?.replicas ?? 1) + (byName.get(name)?.copies ?? 0);
    byName.set(name, { ...composeProcess(name, given, mounted), copies });
  }
  const hosts = new Map(Object.keys(services).map(service => [service, undefined]));
  return { processes: [...byName.values()], hosts, dangling };
}

function composeProcess(name: string, given: ComposeService, mounted: string[][]): DeployedProcess {
  const isOurs = given.image.startsWith(OURS);
  const probe = /127\.0\.0\.1:(\d+)(\/\w+)/.exec(String(given.healthcheck?.test));
  return {
    ...{ name, copies: 0, image: given.image, ports: [] },
    command: isOurs ? given.command : [],
    before: 'topics' in (given.depends_on ?? {}) ? [['topics']] : [],
    probes: probe === null ? [] : [{ path: probe[2]!, port: Number(probe[1]) }],
    mounts: [
      ...mounted.map(([, place]) => place!),
      ...(given.secrets ?? []).map(secret => `/run/secrets/${secret}`),
    ],
    graceSeconds: Number.parseInt(given.stop_grace_period, 10),
    hasRequests: given.deploy?.resources?.reservations !== undefined,
  };
}

export function readKubernetes(folder: string): Deployment {
  const objects = readdirSync(folder).flatMap(file =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
      each => each.toJS() as Workload,
    ),
  );
  const workloads = objects.filter(({ kind }) => WORKLOADS.includes(kind));
  const dangling: string[] = [];
  const hosts = hostsOf(objects as unknown as Selecting[], workloads, dangling);
  return { processes: workloads.map(each => podProcess(each, dangling)), hosts, dangling };
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'Job'];

/** Of services, and of each pod behind one. */
function hostsOf(
  objects: readonly Selecting[],
  workloads: readonly Workload[],
  dangling: string[],
): Map<string, readonly number[]> {
  const hosts = new Map<string, readonly number[]>();
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'Service' && kind !== 'PodDisruptionBudget') continue;
    const app = spec.selector.app ?? spec.selector.matchLabels?.app;
    const selected = workloads.find(each => each.spec.template.metadata.labels.app === app);
    if (selected === undefined) dangling.push(`${kind} ${metadata.name}: selects ${app}`);
    if (kind !== 'Service') continue;
    const ports = (spec.ports ?? []).map(({ port }) => port);
    hosts.set(metadata.name, ports);
    for (let at = 0; at < (selected?.spec.replicas ?? 0); at++) {
      hosts.set(`${app}-${at}.${metadata.name}`, ports);
    }
  }
  return hosts;
}

function podProcess({ metadata, spec }: Workload, dangling: string[]): DeployedProcess {
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const claims = (spec.volumeClaimTemplates ?? []).map(claim => claim.metadata.name);
  const volumes = [...(pod.volumes ?? []).map(({ name }) => name), ...claims];
  const { volumeMounts: mounts = [], ports = [] } = container;
  for (const { name } of mounts) {
    if (!volumes.includes(name)) dangling.push(`${metadata.name}: volume ${name}`);
  }
  if (spec.serviceName !== undefined && spec.serviceName !== metadata.name) {
    dangling.push(`${metadata.name}: service ${spec.serviceName}`);
  }
  const isOurs = container.image.startsWith(OURS);
  return {
    ...{ name: metadata.name, copies: spec.replicas ?? 1, image: container.image },
    command: isOurs ? container.args : [],
    before: (pod.initContainers ?? []).map(({ args }) => args),
    ports: ports.map(({ containerPort }) => containerPort),
    probes: probesOf(metadata.name, container, dangling),
    mounts: mounts.map(({ mountPath }) => mountPath),
    graceSeconds: pod.terminationGracePeriodSeconds ?? 30,
    hasRequests: container.resources?.requests !== undefined,
  };
}

function probesOf(name: string, container: Container, dangling: string[]) {
  const { ports = [], readinessProbe, livenessProbe } = container;
  return [readinessProbe, livenessProbe].flatMap(probe => {
    if (probe === undefined) return [];
    const { path = '', port } = probe.httpGet ?? probe.tcpSocket;
    const found = ports.find(each => each.name === port);
    if (found === undefined) dangling.push(`${name}: probe of port ${port}`);
    return [{ path, port: found?.containerPort ?? 0 }];
  });
}
