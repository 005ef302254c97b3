import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Notice } from './Notice.tsx';

const alone = ['/', '/prototype', '/demo'];

/** Whether a page works where no hub serves it. */
export function worksAlone(pathname: string): boolean {
  return alone.includes(pathname);
}

/** In the place of a page that needs a hub, where the dashboard is served as plain files. */
export function NoHub() {
  return (
    <Notice
      title="This needs a hub"
      actions={
        <>
          <Button component={Link} to="/prototype">
            Prototype in this browser
          </Button>
          <Button variant="default" component={Link} to="/demo">
            Read the paper’s figures
          </Button>
        </>
      }
    >
      <p>
        This dashboard is served as plain files, so nothing can be launched or kept from here. In a clone of
        LitMatter, <code>npm start</code> starts a hub and opens its dashboard; there experiments are
        designed, launched and watched.
      </p>
    </Notice>
  );
}
