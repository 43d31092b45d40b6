import type { CredentialInput, Device, DeviceInput } from '#shared/model/devices.ts';
import type { DeviceGroup } from '#shared/model/fleet.ts';
import { deviceAddress, deviceInput } from '#shared/model/devices.ts';
import { checkWith } from '../../error-view.ts';

/** How to log in, as the fields of a form hold it. */
export interface LoginForm {
  user: string;
  method: 'file' | 'pasted' | 'password' | 'agent' | 'group';
  keyFile: string;
  keyPem: string;
  passphrase: string;
  password: string;
  sudoPassword: string;
}

export interface DeviceForm extends LoginForm {
  address: string;
  name: string;
  /** Empty: 22222, then 22. */
  port: number | '';
}

export const emptyLogin: LoginForm = {
  user: 'root',
  method: 'file',
  keyFile: '~/.ssh/id_ed25519',
  keyPem: '',
  passphrase: '',
  password: '',
  sudoPassword: '',
};
export const emptyDevice: DeviceForm = { ...emptyLogin, address: '', name: '', port: '' };

/** A login that is kept, of a device or of a group. */
interface KeptLogin {
  user: string | null;
  credential: Device['credential'] | null;
}

export const loginOf = ({ user, credential }: KeptLogin): LoginForm => {
  const { kind = 'key', file = emptyLogin.keyFile } = credential ?? {};
  const method = kind === 'key' ? (file === null ? 'pasted' : 'file') : kind;
  return { ...emptyLogin, user: user ?? '', method, keyFile: file ?? emptyLogin.keyFile };
};

/** Where the service's field names live in the form. */
export const deviceFields: Record<string, string> = {
  address: 'address',
  name: 'name',
  user: 'user',
  port: 'port',
  sudoPassword: 'sudoPassword',
  'credential.file': 'keyFile',
  file: 'keyFile',
  'credential.pem': 'keyPem',
  pem: 'keyPem',
  'credential.passphrase': 'passphrase',
  passphrase: 'passphrase',
  'credential.password': 'password',
  password: 'password',
};

export const loginChecks = {
  user: checkWith(deviceInput.shape.user),
  keyFile: (file: string, form: LoginForm) =>
    form.method === 'file' && file.trim() === '' ? 'Give the path of the private key' : null,
  keyPem: (pem: string, form: LoginForm) =>
    form.method === 'pasted' && !pem.includes('-----BEGIN')
      ? 'Paste a private key that begins with -----BEGIN'
      : null,
  password: (password: string, form: LoginForm) =>
    form.method === 'password' && password === '' ? 'Give the password' : null,
};

export const deviceChecks = {
  ...loginChecks,
  address: checkWith(deviceAddress),
  port: (port: number | '') =>
    port === '' || (Number.isInteger(port) && port >= 1 && port <= 65_535)
      ? null
      : 'A whole number from 1 to 65535',
};

export const toCredential = (form: LoginForm): CredentialInput => {
  switch (form.method) {
    case 'file':
      return { kind: 'key', file: form.keyFile.trim(), pem: '', passphrase: form.passphrase };
    case 'pasted':
      return { kind: 'key', file: '', pem: form.keyPem, passphrase: form.passphrase };
    case 'password':
      return { kind: 'password', password: form.password };
    case 'agent':
      return { kind: 'agent' };
    case 'group':
      return { kind: 'group' };
  }
};

/** The credential a changed form means; undefined while it says nothing new, so that what is kept stays. */
export const changedCredential = (kept: KeptLogin, form: LoginForm): CredentialInput | undefined => {
  const before = loginOf(kept);
  const isSame =
    kept.credential !== null &&
    form.method === before.method &&
    form.keyFile.trim() === before.keyFile &&
    form.keyPem === '' &&
    form.passphrase === '' &&
    form.password === '';
  return isSame ? undefined : toCredential(form);
};

/** As `deviceChecks`, but a secret that is kept need not be typed again. */
export const changeChecks = (kept: KeptLogin) => {
  const keepsWhatIsKept =
    <Value>(check: (value: Value, form: LoginForm) => string | null) =>
    (value: Value, form: LoginForm) =>
      changedCredential(kept, form) === undefined ? null : check(value, form);
  return {
    ...deviceChecks,
    keyPem: keepsWhatIsKept(deviceChecks.keyPem),
    password: keepsWhatIsKept(deviceChecks.password),
  };
};

/** The login of a group as the form changes it; secrets that nobody typed anew stay. */
export const toGroupLogin = (group: DeviceGroup, form: LoginForm & Pick<DeviceForm, 'port'>) => {
  const credential = changedCredential(group, form);
  return {
    group: group.name,
    user: form.user.trim() || null,
    port: form.port === '' ? null : form.port,
    ...(credential === undefined ? {} : { credential }),
    ...(form.sudoPassword === '' ? {} : { sudoPassword: form.sudoPassword }),
  };
};

export const toDeviceInput = (
  form: DeviceForm,
  hostKey: DeviceInput['hostKey'],
  port: number | null,
): DeviceInput => ({
  address: form.address.trim(),
  name: form.name.trim(),
  user: form.user.trim(),
  port,
  credential: toCredential(form),
  sudoPassword: form.sudoPassword,
  group: '',
  tags: [],
  hostKey,
});
