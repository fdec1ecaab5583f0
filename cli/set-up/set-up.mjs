/** Brings a clone to what its lockfiles describe: packages, the pinned Node, the Rust addon. */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { underLock } from './lock.mjs';

/** The project's folder, wherever the command was started. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const NODE_OLDEST_MAJOR = 20;
const PINNED_NODE = join(ROOT, 'node_modules/node/bin/node');
const ADDON = join(ROOT, 'native/outrider.node');
const ADDON_STAMP = join(ROOT, 'native/target/addon-sources.sha256');
const SOURCE = /\.(rs|toml)$/;
const ADDON_BUILD = [
  'node_modules/@napi-rs/cli/dist/cli.js',
  ...['build', '--release', '--manifest-path', 'native/Cargo.toml'],
  ...['--package', 'outrider-binding', '--config-path', 'native/napi.json'],
  ...['--target-dir', 'native/target', '--output-dir', 'native', '--', '--locked'],
];

/**
 * Does only what is missing, one process at a time, and never twice in a run.
 * With `isCargoReported` the environment says in OUTRIDER_NO_CARGO why the Rust checks cannot run.
 */
export async function setUp({ isCargoReported }) {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < NODE_OLDEST_MAJOR) {
    throw new Error(
      `this is Node ${process.versions.node}: start with ${NODE_OLDEST_MAJOR} or newer`,
    );
  }
  const environment = { ...process.env };
  // Else each process strips and compiles all its sources anew: half of what a start takes.
  environment.NODE_COMPILE_CACHE ??= join(ROOT, 'node_modules/.cache/node-compile');
  if (!arePackagesCurrent() || !existsSync(PINNED_NODE)) await underLock(ROOT, installPackages);

  const isAddonWanted = process.env.OUTRIDER_TWINS !== '1' && !isAddonCurrent();
  const cargoProblem = isAddonWanted || isCargoReported ? await findCargoProblem() : undefined;
  if (isCargoReported && cargoProblem) environment.OUTRIDER_NO_CARGO = cargoProblem;
  if (isAddonWanted && cargoProblem) {
    say(`${cargoProblem}: the TypeScript twins run in place of the Rust addon`);
    environment.OUTRIDER_TWINS = '1';
  } else if (isAddonWanted) {
    await underLock(ROOT, buildAddon);
  }
  return { node: PINNED_NODE, environment };
}

/** Compares the lockfile with npm's own record of what it installed. */
function arePackagesCurrent() {
  const installedFile = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = readJson(installedFile).packages;
  const { '': _root, ...locked } = readJson(join(ROOT, 'package-lock.json')).packages;
  return Object.entries(locked).every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

async function installPackages() {
  // Another process may have installed them while this one waited for the lock.
  if (!arePackagesCurrent()) {
    checkLockfile();
    say('installing the packages of package-lock.json');
    // Not `npm ci`: it refuses a lockfile without the binaries of other platforms, and a registry
    // mirror often carries those of few. What the lockfile names is installed as it says.
    const parameters = ['install', '--no-save', '--include=dev', '--include=optional'];
    await runQuietly('npm', parameters, ROOT);
    if (!arePackagesCurrent()) throw new Error('npm did not install what package-lock.json names');
  }
  if (existsSync(PINNED_NODE)) return;
  const { dependencies } = readJson(join(ROOT, 'package.json'));
  say(`fetching Node ${dependencies.node}`);
  const script = join(ROOT, 'node_modules/node/installArchSpecificPackage.js');
  await runQuietly('node', [script], dirname(script));
  if (!existsSync(PINNED_NODE)) {
    throw new Error(
      `Node ${dependencies.node} was not installed: delete node_modules, start again`,
    );
  }
}

/** As `npm ci` would: a dependency that is not locked must not be resolved in silence. */
function checkLockfile() {
  const wanted = readJson(join(ROOT, 'package.json'));
  const locked = readJson(join(ROOT, 'package-lock.json')).packages[''];
  for (const field of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const names = Object.keys({ ...wanted[field], ...locked[field] });
    const stray = names.find(name => wanted[field]?.[name] !== locked[field]?.[name]);
    if (stray)
      throw new Error(`package-lock.json has another ${stray}: run "npm install" and commit`);
  }
}

function isAddonCurrent() {
  if (!existsSync(ADDON) || !existsSync(ADDON_STAMP)) return false;
  return readFileSync(ADDON_STAMP, 'utf8') === hashAddonSources();
}

async function buildAddon() {
  if (isAddonCurrent()) return;
  // Read before the build: a source edited meanwhile must make the addon stale.
  const hash = hashAddonSources();
  say('building the Rust addon (cargo)');
  await runQuietly(PINNED_NODE, ADDON_BUILD, ROOT).catch(error => {
    throw new Error(`${error.message}\nOUTRIDER_TWINS=1 runs the TypeScript twins instead`);
  });
  writeFileSync(ADDON_STAMP, hash);
}

function hashAddonSources() {
  const folder = join(ROOT, 'native');
  const crates = readdirSync(join(folder, 'crates'), { recursive: true });
  const sources = crates.map(file => join('crates', file)).filter(file => SOURCE.test(file));
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const file of ['Cargo.toml', 'Cargo.lock', 'napi.json', ...sources.sort()]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex');
}

/** Why cargo cannot build the addon, or undefined where it can. */
async function findCargoProblem() {
  const needed = /rust-version = "([\d.]+)"/.exec(
    readFileSync(join(ROOT, 'native/Cargo.toml'), 'utf8'),
  )[1];
  const answer = await runQuietly('cargo', ['--version'], ROOT).catch(() => '');
  const found = /^cargo (\d+\.\d+)/.exec(answer)?.[1];
  if (found === undefined) return 'no cargo on PATH';
  const isOlder = found.localeCompare(needed, 'en', { numeric: true }) < 0;
  return isOlder ? `cargo ${found} is older than ${needed}` : undefined;
}

/** Runs a program without its output, unless it fails. */
function runQuietly(program, parameters, folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: folder,
      env: setUpEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', data => output.push(data));
    child.stderr.on('data', data => output.push(data));
    child.on('error', () => reject(new Error(`${program} is not on PATH: install it`)));
    child.on('close', status => {
      const text = Buffer.concat(output).toString();
      if (status === 0) resolve(text);
      else reject(new Error(`${program} ${parameters.join(' ')} failed (${status})\n${text}`));
    });
  });
}

function setUpEnvironment() {
  // `npm run` puts node_modules/.bin first; npm must not run on the very Node it replaces.
  const isOutside = folder => !folder.startsWith(join(ROOT, 'node_modules'));
  return {
    ...process.env,
    PATH: (process.env.PATH ?? '').split(delimiter).filter(isOutside).join(delimiter),
    // onnxruntime-node would download 400 MB of CUDA libraries that the CPU kernels never use.
    ONNXRUNTIME_NODE_INSTALL: 'skip',
    ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip',
  };
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function say(text) {
  console.error(`outrider: ${text}`);
}
