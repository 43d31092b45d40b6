/** The mark: two bollards and the rope between them. Decorative; the name stands beside it. */
export const Logo = ({ size }: { size: number }) => (
  <svg width={size} height={size} viewBox="16 16 480 480" aria-hidden="true">
    <rect x="16" y="16" width="480" height="480" rx="112" fill="#2463b0" />
    <path
      d="M148 212 C 176 346, 336 346, 364 212"
      fill="none"
      stroke="#9fd0ff"
      strokeWidth="48"
      strokeLinecap="round"
    />
    <g fill="#fff">
      <rect x="88" y="112" width="120" height="60" rx="30" />
      <rect x="114" y="140" width="68" height="260" rx="26" />
      <rect x="304" y="112" width="120" height="60" rx="30" />
      <rect x="330" y="140" width="68" height="260" rx="26" />
    </g>
  </svg>
);
