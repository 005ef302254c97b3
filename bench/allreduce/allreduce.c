/* MPI_Allreduce in place: arguments "floats repeats ..."; rank 0 prints "floats seconds" a line. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int rank, plan[2];
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (int a = 1; a + 1 < argc; a += 2) {
    plan[0] = atoi(argv[a]);
    plan[1] = atoi(argv[a + 1]);
    float *values = malloc(sizeof(float) * plan[0]);
    for (int i = 0; i < plan[1]; i++) {
      for (int j = 0; j < plan[0]; j++) values[j] = 1e-3f;
      MPI_Barrier(MPI_COMM_WORLD);
      double began = MPI_Wtime();
      MPI_Allreduce(MPI_IN_PLACE, values, plan[0], MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
      double seconds = MPI_Wtime() - began;
      if (rank == 0) printf("%d %.9f\n", plan[0], seconds);
    }
    free(values);
  }
  MPI_Finalize();
  return 0;
}
