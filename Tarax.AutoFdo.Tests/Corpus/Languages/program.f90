program p
  implicit none
  integer :: i, n, best
  character(len=16) :: a
  real :: m(40,40), b(40,40), c(40,40)
  n = 3000
  if (command_argument_count() > 0) then
    call get_command_argument(1, a)
    read (a, *) n
  end if
  best = 0
  do i = 1, n
    best = max(best, collatz(i))
  end do
  m = 1.5; b = 2.0
  do i = 1, n / 100
    call mul(m, b, c)
    m = c / 80.0
  end do
  print *, best, m(1,1)
contains
  integer function collatz(start)
    integer, intent(in) :: start
    integer :: k
    k = start
    collatz = 0
    do while (k /= 1)
      if (mod(k, 2) == 0) then
        k = k / 2
      else
        k = 3 * k + 1
      end if
      collatz = collatz + 1
    end do
  end function
  subroutine mul(x, y, z)
    real, intent(in) :: x(40,40), y(40,40)
    real, intent(out) :: z(40,40)
    integer :: i, j
    do i = 1, 40
      do j = 1, 40
        z(i, j) = sum(x(i, :) * y(:, j))
      end do
    end do
  end subroutine
end program
