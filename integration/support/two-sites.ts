/** The world of most stories: `reviews` in east, which fails over to west. */
import type { ConfigFiles, ControlPlane } from './processes/control-plane.js';
import { failoverFiles } from './services/failover-files.js';
import type { Site } from './services/site.js';
import type { PlaneOptions, Story } from './story.js';

export interface TwoSites {
  readonly east: Site;
  readonly west: Site;
  readonly plane: ControlPlane;
}

export interface TwoSitesOptions extends PlaneOptions {
  /** Further files, or others instead of those of `failoverFiles`. */
  readonly files?: ConfigFiles;
}

/** Two backends in each site, and a control plane that serves their failover. */
export async function twoSites(story: Story, { files = {}, ...options }: TwoSitesOptions = {}): Promise<TwoSites> {
  const [east, west] = [await story.site('east'), await story.site('west')];
  const plane = await story.controlPlane({ ...failoverFiles([east, west], story.port), ...files }, options);
  return { east, west, plane };
}
