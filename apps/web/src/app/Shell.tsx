import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { withHub } from '../state/base.ts';
import { signedOut } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { barPages } from './bar.ts';
import { Connection } from './Connection.tsx';
import { Mark } from './Mark.tsx';
import { NoHub, worksAlone } from './NoHub.tsx';
import { SchemeToggle } from './SchemeToggle.tsx';
import styles from './Shell.module.css';
import { SignIn } from './SignIn.tsx';

/** The frame of every page: the bar, the state of the connection, and the page itself. */
export function Shell() {
  const locked = useStore(signedOut);
  const { pathname } = useLocation();
  const alone = !withHub();
  const lacking = alone && !worksAlone(pathname);
  return (
    <>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page’s content
      </button>
      <header className={styles.bar}>
        <Link
          to={alone ? '/prototype' : '/experiments'}
          className={styles.home}
          aria-label={alone ? 'LitMatter: prototype' : 'LitMatter: all experiments'}
        >
          <Mark />
          <span className={styles.name}>LitMatter</span>
        </Link>
        <nav aria-label="Pages" className={styles.nav}>
          {barPages.map(({ to, label, icon: Icon }) => (
            <Link key={to} to={to} className={styles.link} activeProps={{ 'aria-current': 'page' }}>
              <Icon size={18} stroke={1.6} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <div className={styles.end}>
          {!alone && !locked && <Connection />}
          <SchemeToggle />
        </div>
      </header>
      <main id="main" tabIndex={-1} className={styles.main}>
        {locked ? <SignIn /> : lacking ? <NoHub /> : <Outlet />}
      </main>
    </>
  );
}
