import { useState } from 'react';
import type { DiscoveredDevice } from '#shared/model/devices.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { AddFoundForm } from './add-found-form.tsx';
import { DiscoverList } from './discover-list.tsx';

interface DiscoverDialogProps {
  onClose(): void;
  /** One device, to be added with its host key confirmed. */
  onPick(device: DiscoveredDevice): void;
}

/** What announces SSH or balena on this network: one is added as by hand, several with one login. */
export const DiscoverDialog = ({ onClose, onPick }: DiscoverDialogProps) => {
  const [several, setSeveral] = useState<DiscoveredDevice[] | null>(null);
  return (
    <Dialog
      onClose={onClose}
      title={several ? `Add ${several.length} devices` : 'Discover devices'}
      size={600}
    >
      {several ? (
        <AddFoundForm devices={several} onBack={() => setSeveral(null)} onDone={onClose} />
      ) : (
        <DiscoverList onPick={onPick} onSeveral={setSeveral} />
      )}
    </Dialog>
  );
};
