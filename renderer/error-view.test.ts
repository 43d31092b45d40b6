import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#shared/errors.ts';
import { deviceAddress } from '#shared/model/devices.ts';
import { checkWith, errorAtField, problemsByPath, titleBeside, viewError } from './error-view.ts';

/** As the client throws it: an error whose `data` is the described AppError. */
const thrown = (error: AppError) =>
  Object.assign(new Error('MOORING'), { code: 'MOORING', data: error.data });

describe('titleBeside', () => {
  it('does not say the name of the device again', () => {
    const refused = new AppError('AUTH_REFUSED', { device: 'gate-2', user: 'root', method: 'key' });
    expect(titleBeside(refused.data)).toBe('It does not accept this login for root');
    expect(titleBeside(new AppError('HOST_KEY_UNKNOWN', { device: 'gate-2' }).data)).toBe(
      'The host key of this device has not been confirmed yet',
    );
    expect(titleBeside(new AppError('CA_MISSING').data)).toBe(new AppError('CA_MISSING').data.title);
  });
});

describe('viewError', () => {
  it('takes title, cause and next from our own error', () => {
    const view = viewError(
      thrown(new AppError('AUTH_REFUSED', { device: 'gate-2', user: 'root', method: 'key' })),
    );
    expect(view.title).toBe('gate-2 does not accept this login for root');
    expect(view.next).toContain('Choose another key');
    expect(view.code).toBe('AUTH_REFUSED');
  });

  it('takes the data itself, as job items carry it', () => {
    expect(viewError(new AppError('CA_MISSING').data).code).toBe('CA_MISSING');
  });

  it('has a next step for what it does not know', () => {
    expect(viewError(new Error('socket closed'))).toMatchObject({ title: 'socket closed', code: null });
    expect(viewError(null).next).not.toBe('');
  });
});

describe('errorAtField', () => {
  const fields = { address: 'address', 'credential.file': 'keyFile', names: 'names' };

  it('puts BAD_INPUT at the field of the form', () => {
    const error = thrown(new AppError('BAD_INPUT', { field: 'credential.file', problem: 'no such file' }));
    expect(errorAtField(error, fields)).toEqual({ fields: { keyFile: 'No such file' }, rest: null });
  });

  it('finds a list by the path of its entry', () => {
    const error = thrown(new AppError('BAD_INPUT', { field: 'names.0', problem: 'too long' }));
    expect(errorAtField(error, fields).fields).toEqual({ names: 'Too long' });
  });

  it('keeps what belongs to no field for the note', () => {
    const error = thrown(new AppError('BAD_INPUT', { field: 'moon', problem: 'full' }));
    expect(errorAtField(error, fields)).toMatchObject({ fields: {}, rest: { title: 'moon: full' } });
    expect(errorAtField(new Error('x'), fields).rest?.title).toBe('x');
  });
});

describe('schemas in forms', () => {
  it('give their own sentence', () => {
    expect(checkWith(deviceAddress)('')).toBe('Give the address or name of the device');
    expect(checkWith(deviceAddress)('10.0.0.4')).toBeNull();
  });

  it('name the first problem of each path', () => {
    const parsed = z.object({ a: z.string().min(2, 'short.'), b: z.int() }).safeParse({ a: '', b: 1.5 });
    expect(parsed.success).toBe(false);
    if (parsed.error) expect(Object.keys(problemsByPath(parsed.error))).toEqual(['a', 'b']);
    if (parsed.error) expect(problemsByPath(parsed.error)['a']).toBe('Short');
  });
});
