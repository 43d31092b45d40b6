import { Button, Stack, Text } from '@mantine/core';
import { sharedTexts } from '#shared/causes.ts';
import type { MarkedProof } from '#shared/model/devices.ts';
import type { DeviceRow, MatrixCell } from '#shared/model/fleet.ts';
import { goTo, links } from '../../app/route.ts';
import { formatTime } from '../../format.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Facts, type Fact } from '../../ui/facts.tsx';
import { Fingerprint } from '../../ui/fingerprint.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { MARKS, runtimeName } from './matrix-view.ts';

export interface ShownProof {
  device: Pick<DeviceRow, 'id' | 'name'>;
  cell: MatrixCell;
}

interface ProofDialogProps {
  /** Stays while the dialog closes. */
  shown: ShownProof | null;
  isOpen: boolean;
  onClose(): void;
}

/** Everything that is known of one cell of the matrix. */
export const ProofDialog = ({ shown, isOpen, onClose }: ProofDialogProps) => (
  <Dialog opened={isOpen} onClose={onClose} title={shown?.device.name} size={560}>
    {shown ? <ProofDetails {...shown} /> : null}
  </Dialog>
);

const ProofDetails = ({ device, cell }: ShownProof) => (
  <Stack gap="lg">
    {cell.proofs.map((proof) => (
      <Facts key={proof.user ?? ''} facts={proofFacts(cell, proof)} />
    ))}
    <DialogActions note={`${MARKS[cell.mark].label}: ${MARKS[cell.mark].meaning}.`}>
      <Button data-autofocus onClick={() => goTo(links.device(device.id))}>
        Open the device
      </Button>
    </DialogActions>
  </Stack>
);

const proofFacts = ({ name, runtime }: MatrixCell, proof: MarkedProof): Fact[] => [
  { term: 'Name', value: <span className="mono">{name}</span> },
  { term: 'Engine', value: runtimeName(runtime) + (proof.user === null ? '' : ` of ${proof.user}`) },
  {
    term: 'Result',
    value: (
      <>
        <StateDot tone={MARKS[proof.mark].tone} label={MARKS[proof.mark].label} />
        {proof.isProven ? null : (
          <Text size="sm" c="dimmed">
            {[proof.message, proof.code === null ? '' : sharedTexts(proof.code).next]
              .filter(Boolean)
              .join('. ')}
          </Text>
        )}
      </>
    ),
  },
  {
    term: 'When',
    value: (
      <>
        {formatTime(proof.at)}{' '}
        <Text span size="sm" c="dimmed">
          (<TimeAgo at={proof.at} />)
        </Text>
      </>
    ),
  },
  {
    term: 'CA (SHA-256)',
    value: proof.fingerprint ? <Fingerprint value={proof.fingerprint} /> : 'none was proven',
  },
];
