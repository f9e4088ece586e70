/*
 * traps.S - where exceptions and interrupts arrive.
 *
 * No exception is survived: what they do is tell trap_fatal.  Interrupts are
 * only taken while irq_wait halts, so they need to save one register.
 */
#define LAPIC_EOI	0xfee000b0

	.text
	.altmacro
	.macro	trap n
trap_\n:
	.if	(\n != 8) && ((\n < 10) || (\n > 14)) && (\n != 17) && (\n != 21) && (\n != 29) && (\n != 30)
	pushq	$0			/* no error code: as if there was one */
	.endif
	pushq	$\n
	jmp	trap_common
	.endm

	.set	n, 0
	.rept	32
	trap	%n
	.set	n, n + 1
	.endr

trap_common:
	cld
	popq	%rdi			/* number */
	popq	%rsi			/* error code */
	movq	(%rsp), %rdx		/* where */
	movq	%cr2, %rcx
	andq	$-16, %rsp
	call	trap_fatal
	ud2

	.macro	wake name, counter
	.globl	\name
\name:
	pushq	%rax
	incl	\counter
	movl	$LAPIC_EOI, %eax
	movl	$0, (%rax)
	popq	%rax
	iretq
	.endm

	wake	irq_timer, irq_timers
	wake	irq_device, irq_devices

	.globl	irq_spurious
irq_spurious:
	iretq

	.macro	trap_address n
	.quad	trap_\n
	.endm

	.section .rodata.traps, "a", @progbits
	.balign	8
	.globl	trap_table
trap_table:
	.set	n, 0
	.rept	32
	trap_address %n
	.set	n, n + 1
	.endr
	.section .note.GNU-stack, "", @progbits
