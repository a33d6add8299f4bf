import { Component, type ReactNode } from 'react';
import { CardError } from './CardError';

/**
 * Keeps a fault while drawing to the part around which it stands. A part that can't be loaded any more (a new version
 * was installed) comes with the page.
 */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <CardError error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}
