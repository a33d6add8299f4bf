import logo from '../assets/logo.svg';

export function Logo({ className = 'size-8' }: { className?: string }) {
  return <img src={logo} alt="" className={className} />;
}
