import { experimentSummary } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { z } from 'zod';
import { experimentsQuery, queryClient } from './queries.ts';
import { listReaders, openSocket, type PageSocket } from './socket.ts';

const listMessage = z.object({ experiments: z.array(experimentSummary) });

/** All experiments, kept live while the component is there. */
export function useExperiments() {
  useEffect(() => {
    let gone = false;
    let socket: PageSocket | undefined;
    const take = (message: unknown) => {
      const decoded = listMessage.safeParse(message);
      if (decoded.success) queryClient.setQueryData(experimentsQuery.queryKey, decoded.data.experiments);
    };
    listReaders.add(take);
    const watch = () => socket?.emit('watchList', take);
    void openSocket().then((opened) => {
      if (gone) return;
      socket = opened;
      opened.on('connect', watch);
      if (opened.connected) watch();
    });
    return () => {
      gone = true;
      socket?.off('connect', watch);
      listReaders.delete(take);
    };
  }, []);
  return useQuery(experimentsQuery);
}
