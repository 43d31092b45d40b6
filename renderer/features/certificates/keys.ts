import type { LeafOptions } from '#shared/model/pki.ts';

export const KEYS: { value: LeafOptions['algorithm']; label: string }[] = [
  { value: 'rsa-2048', label: 'RSA 2048' },
  { value: 'rsa-3072', label: 'RSA 3072' },
  { value: 'rsa-4096', label: 'RSA 4096' },
  { value: 'ec-p256', label: 'EC P-256' },
  { value: 'ec-p384', label: 'EC P-384' },
];
