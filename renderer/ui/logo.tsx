interface LogoProps {
  size: number;
}

/** The mark: two bollards and the rope between them. Decorative; the name stands beside it. */
export const Logo = ({ size }: LogoProps) => (
  <svg width={size} height={size} viewBox="16 16 480 480" aria-hidden="true">
    <rect x="16" y="16" width="480" height="480" rx="112" fill="#2463b0" />
    <g fill="#fff">
      <rect x="112" y="136" width="96" height="44" rx="22" />
      <rect x="134" y="158" width="52" height="222" rx="14" />
      <rect x="304" y="136" width="96" height="44" rx="22" />
      <rect x="326" y="158" width="52" height="222" rx="14" />
      <rect x="96" y="372" width="320" height="28" rx="14" />
    </g>
    <path
      d="M160 222 C 190 342, 322 342, 352 222"
      fill="none"
      stroke="#9fd0ff"
      strokeWidth="36"
      strokeLinecap="round"
    />
  </svg>
);
