import { Component, type ReactNode } from 'react';
import { CardError } from './CardError';

interface BoundaryProps {
  children: ReactNode;
  /** What stands around the message; where the part is all there is, it needs a heading. */
  frame?: (message: ReactNode) => ReactNode;
}

/**
 * Keeps a fault while drawing to the part around which it stands. A part that can't be loaded any more (a new version
 * was installed) comes with the page.
 */
export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    const message = <CardError error={this.state.error} onRetry={() => window.location.reload()} />;
    return this.props.frame?.(message) ?? message;
  }
}
