// A part of the mutants, on a thread of its own.

import { parentPort, workerData } from 'node:worker_threads'
import { type FuzzRange, fuzz } from './fuzz.ts'

parentPort?.postMessage(fuzz(workerData as FuzzRange))
