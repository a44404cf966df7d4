/* Some rows of the product of two square matrices of n rows, by tiles that a work group keeps in
 * local memory. */
#define TILE 16

kernel void product(global const float *a, global const float *b, global float *c, int n,
                    int first_row, int end_row) {
  local float a_tile[TILE][TILE], b_tile[TILE][TILE];
  int x = get_local_id(0), y = get_local_id(1);
  int column = get_global_id(0), row = first_row + get_global_id(1);
  float sum = 0;
  for (int t = 0; t < n; t += TILE) {
    a_tile[y][x] = row < n && t + x < n ? a[row * n + t + x] : 0;
    b_tile[y][x] = t + y < n && column < n ? b[(t + y) * n + column] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int k = 0; k < TILE; k++)
      sum += a_tile[y][k] * b_tile[k][x];
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (row < end_row && column < n)
    c[row * n + column] = sum;
}
