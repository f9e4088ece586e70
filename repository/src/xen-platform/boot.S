/*
 * boot.S - from the PVH entry to C.
 *
 * Entry: 32-bit protected mode, paging off, %ebx = address of the start info.
 * Maps the low 4 GiB onto itself in 2 MiB pages: text executable and
 * read-only, constants read-only, everything else writable and not
 * executable, devices uncached.
 */
#define PAGES		2048		/* of 2 MiB: 4 GiB */
#define DEVICES		1536		/* first page of the devices: 3 GiB */
#define TEXT		1		/* pages where pvh.ld puts them */
#define RODATA		2
#define STACK		65536

#define P_PRESENT	0x001
#define P_WRITE		0x002
#define P_UNCACHED	0x018
#define P_LARGE		0x080
#define P_NX_HIGH	0x80000000	/* bit 63, in the upper half */

#define CR0_MP		0x00000002
#define CR0_EM		0x00000004
#define CR0_TS		0x00000008
#define CR0_NE		0x00000020
#define CR0_WP		0x00010000
#define CR0_PG		0x80000000
#define CR4_PAE		0x020
#define CR4_OSFXSR	0x200
#define CR4_OSXMMEXCPT	0x400
#define MSR_EFER	0xc0000080
#define EFER_LME	0x100
#define EFER_NXE	0x800

	/* XEN_ELFNOTE_PHYS32_ENTRY; QEMU wants the address in 8 bytes */
	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 8, 18
	.asciz	"Xen"
	.quad	pvh_start

	.section .text.boot, "ax", @progbits
	.code32
	.globl	pvh_start
pvh_start:
	cli
	cld
	movl	%ebx, %ebp

	/* after a reset the memory may hold what it held before */
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl

	movl	$boot_pd, %edi
	movl	$(P_PRESENT | P_WRITE | P_LARGE), %eax
	movl	$PAGES, %ecx
1:	movl	%eax, (%edi)
	movl	$P_NX_HIGH, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b

	movl	$(boot_pd + DEVICES * 8), %edi
	movl	$(PAGES - DEVICES), %ecx
1:	orl	$P_UNCACHED, (%edi)
	addl	$8, %edi
	decl	%ecx
	jnz	1b

	andl	$~P_WRITE, boot_pd + TEXT * 8
	movl	$0, boot_pd + TEXT * 8 + 4
	andl	$~P_WRITE, boot_pd + RODATA * 8

	movl	$(boot_pd + P_PRESENT + P_WRITE), %eax
	movl	$boot_pdpt, %edi
	movl	$4, %ecx
1:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b
	movl	$(boot_pdpt + P_PRESENT + P_WRITE), boot_pml4

	/* long mode, write protection, SSE */
	movl	$(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl	%eax, %cr4
	movl	$boot_pml4, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$(EFER_LME | EFER_NXE), %eax
	wrmsr
	movl	%cr0, %eax
	andl	$~(CR0_EM | CR0_TS), %eax
	orl	$(CR0_PG | CR0_WP | CR0_NE | CR0_MP), %eax
	movl	%eax, %cr0
	lgdt	boot_gdtr
	ljmp	$8, $1f

	.code64
1:	movl	$16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movq	$stack_top, %rsp
	movl	%ebp, %edi
	xorl	%ebp, %ebp
	call	start
	ud2

	.section .rodata.boot, "a", @progbits
	.balign	8
boot_gdt:
	.quad	0
	.quad	0x00209b0000000000	/* 8: 64-bit code */
	.quad	0x0000930000000000	/* 16: data */
boot_gdtr:
	.word	boot_gdtr - boot_gdt - 1
	.long	boot_gdt

	/* the page below the stack is unmapped in cpu.c: overflow must not pass */
	.section .bss.boot, "aw", @nobits
	.balign	4096
	.globl	stack_guard, boot_pd
stack_guard:
	.skip	4096
	.skip	STACK
stack_top:
boot_pml4:
	.skip	4096
boot_pdpt:
	.skip	4096
boot_pd:
	.skip	4096 * 4
	.section .note.GNU-stack, "", @progbits
