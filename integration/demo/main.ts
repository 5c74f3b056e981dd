/** `make demo`: the guide with resources in files. */
import { raiseFileStage } from './file-stage.js';
import { DETAILS_FILE } from './guide.js';
import { play } from './play.js';

await play('Failover Service, the guide, with real Envoys', () => raiseFileStage([DETAILS_FILE]));
