#include "build/run.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/gz.h"
#include "base/map.h"
#include "build/environment.h"
#include "build/state.h"
#include "switch/prefix.h"

enum {
	LOG_MAX = 64 << 20, /* of a longer one the middle is left out */
	LOG_END = 16 << 20,
	TAIL_LINES = 40,
	TAIL_BYTES = 3500,
};

/* --- preparing --- */

/* Each tree is compared with its list once for a command. */
static int
tree_path(const struct build_run *run, const struct output *o, const char **path, struct err *e)
{
	struct build_state *state = run->b->state;

	*path = map_get(&state->trees, oid_str(&o->id));
	if (*path)
		return 0;
	if (root_tree(run->b->root, run->a, o, path, e) < 0)
		return -1;
	map_set(&state->trees, str_dup(state->a, oid_str(&o->id)), arena_strdup(state->a, *path));
	return 0;
}

/* Made once for a root; nothing is ever written into it. */
static int
skeleton_path(const struct build_run *run, struct err *e)
{
	struct build_state *state = run->b->state;
	const char *path = arena_printf(state->a, "%s/index/skeleton", run->b->root->path);

	if (state->skeleton)
		return 0;
	if (view_skeleton(run->a, path, e) < 0)
		return -1;
	state->skeleton = path;
	return 0;
}

static int
open_view(struct build_run *run, struct err *e)
{
	struct view_layer *layers = arena_array(run->a, struct view_layer, run->packages.n);
	size_t n = 0;

	for (size_t i = 0; i < run->packages.n; i++) {
		const struct build_dep *dep = run->packages.v[i];
		struct view_layer *layer = &layers[n];

		/* One that installs nothing needs no layer. */
		if (!oid_is(&dep->output.files) && !dep->output.empty_dir_count)
			continue;
		if (tree_path(run, &dep->output, &layer->path, e) < 0)
			return err_note(e, "while putting " STR_FMT " into the view of " STR_FMT,
					STR_ARG(dep->name), STR_ARG(run->package));
		layer->owner =
			str_printf(run->a, STR_FMT "." STR_FMT, STR_ARG(dep->name), STR_ARG(dep->version));
		n++;
	}
	if (skeleton_path(run, e) < 0)
		return -1;
	return view_prepare(run->a, run->scratch, run->b->state->skeleton, layers, n, &run->b->state->overlay,
			    &run->view, e);
}

int
run_open(struct build_run *run, struct err *e)
{
	static const char *const folders[] = {"source", "tmp", "home"};

	run->source = -1;
	run->log = buf_new(run->a);
	run->package =
		str_printf(run->a, STR_FMT "." STR_FMT, STR_ARG(run->job->name), STR_ARG(run->job->version));
	run->packages = scope_sort(run->a, run->job->deps, run->job->dep_count);
	run->scope = scope_of_job(run->a, run->b, run->job, &run->packages, false);
	for (size_t i = 0; i < COUNT_OF(folders); i++)
		if (fs_mkdirs(AT_FDCWD, arena_printf(run->a, "%s/%s", run->scratch, folders[i]), 0755, e) < 0)
			return -1;
	run->source = fs_open_dir(AT_FDCWD, arena_printf(run->a, "%s/source", run->scratch), e);
	if (run->source < 0 || open_view(run, e) < 0)
		return -1;
	environment_of_build(run->a, run, &run->env);
	return 0;
}

void
run_close(struct build_run *run)
{
	if (run->source >= 0)
		close(run->source);
	run->source = -1;
}

/* --- the log --- */

static void
add_output(void *ctx, struct str piece)
{
	struct buf *log = ctx;

	buf_str_add(log, piece);
	if (log->n > LOG_MAX) {
		static const char gap[] = "\n... the middle of this log was left out ...\n";

		memcpy(log->s + LOG_END, gap, sizeof(gap) - 1);
		memmove(log->s + LOG_END + sizeof(gap) - 1, log->s + log->n - LOG_END, LOG_END);
		buf_cut(log, LOG_END + sizeof(gap) - 1 + LOG_END);
	}
}

/* As one would type it. */
static struct str
command_text(struct arena *a, struct opam_strings args)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < args.n; i++) {
		bool plain = args.v[i].n;

		for (size_t k = 0; k < args.v[i].n; k++)
			plain &= !strchr(" \t\n\"'\\$`&|;<>()*?[]{}~#!", args.v[i].s[k]);
		buf_adds(&b, i ? " " : "");
		if (plain) {
			buf_str_add(&b, args.v[i]);
			continue;
		}
		buf_addc(&b, '\'');
		for (size_t k = 0; k < args.v[i].n; k++) {
			buf_addc(&b, args.v[i].s[k]);
			if (args.v[i].s[k] == '\'')
				buf_adds(&b, "\\''");
		}
		buf_addc(&b, '\'');
	}
	return buf_str(&b);
}

static struct str
last_lines(struct str text)
{
	size_t at, lines = 0;

	while (text.n && text.s[text.n - 1] == '\n')
		text.n--;
	for (at = text.n; at > 0; at--) {
		if (text.n - at >= TAIL_BYTES)
			break;
		if (text.s[at - 1] == '\n' && ++lines == TAIL_LINES)
			break;
	}
	return str_sub(text, at, text.n - at);
}

int
run_keep_log(struct build_run *run, const char **path, struct err *e)
{
	const char *name = arena_printf(run->a, "log/" STR_FMT ".gz", STR_ARG(run->ids->key));

	*path = arena_printf(run->a, "%s/%s", run->b->root->path, name);
	return gz_write(run->b->root->fd, name, buf_str(&run->log), e);
}

/* --- commands --- */

static const char *const *
c_strings(struct arena *a, struct opam_strings list)
{
	const char **v = arena_array(a, const char *, list.n + 1);

	for (size_t i = 0; i < list.n; i++)
		v[i] = str_c(a, list.v[i]);
	return v;
}

static int
describe_failure(struct build_run *run, enum step_kind kind, struct str command, const struct proc_result *r,
		 size_t log_start, struct err *e)
{
	static const char *const what[] = {"the patch", "the build", "the test", "the installation"};
	enum err_code code = kind == STEP_TEST ? ERR_TEST : ERR_BUILD;
	static const char *const words[] = {"patch", "build", "test", "install"};
	struct str tail = last_lines(str_sub(buf_str(&run->log), log_start, run->log.n - log_start));

	if (run->failure)
		*run->failure = (struct build_failure){words[kind], command, r->status, r->timed_out};

	if (r->timed_out)
		err_set(e, code, "%s of " STR_FMT " took too long or was silent too long: " STR_FMT,
			what[kind], STR_ARG(run->package), STR_ARG(command));
	else if (r->status > 128)
		err_set(e, code, "%s of " STR_FMT " failed by signal %d (%s): " STR_FMT, what[kind],
			STR_ARG(run->package), r->status - 128, strsignal(r->status - 128), STR_ARG(command));
	else
		err_set(e, code, "%s of " STR_FMT " failed with status %d: " STR_FMT, what[kind],
			STR_ARG(run->package), r->status, STR_ARG(command));
	if (tail.n)
		err_note(e, STR_FMT, STR_ARG(tail));
	return -1;
}

int
run_command(struct build_run *run, enum step_kind kind, struct opam_strings args, struct err *e)
{
	const struct builder *b = run->b;
	struct arena *a = run->a;
	struct opam_strings env = run->env;
	struct str command = command_text(a, args);
	struct sandbox_bind binds[] = {
		{run->view.merged, BUILD_PREFIX, kind == STEP_INSTALL},
		{arena_printf(a, "%s/source", run->scratch), BUILD_DIR, true},
		{arena_printf(a, "%s/tmp", run->scratch), "/tmp", true},
		{arena_printf(a, "%s/home", run->scratch), SANDBOX_HOME, true},
	};
	struct sandbox_run room = {.argv = c_strings(a, args),
				   .env = c_strings(a, env),
				   .cwd = BUILD_DIR,
				   .binds = binds,
				   .bind_count = COUNT_OF(binds),
				   .timeout = b->timeout,
				   .silence = b->silence,
				   .in_child = view_in_child,
				   .ctx = &run->view,
				   .on_output = add_output,
				   .output_ctx = &run->log};
	struct proc_result r = {0};
	size_t start;

	report_event(b->report, &(struct report_event){REPORT_PHASE, run->package, command, 0});
	buf_printf(&run->log, "+ " STR_FMT "\n", STR_ARG(command));
	start = run->log.n;
	if (sandbox_run(a, b->sandbox, &room, &r, e) < 0)
		return err_note(e, "while building " STR_FMT, STR_ARG(run->package));
	if (run->log.n && run->log.s[run->log.n - 1] != '\n')
		buf_addc(&run->log, '\n');
	if (start > run->log.n)
		start = 0;
	if (r.status == 0 && !r.timed_out)
		return 0;
	buf_printf(&run->log, "- %s %d\n", r.timed_out ? "timed out, status" : "status", r.status);
	describe_failure(run, kind, command, &r, start, e);
	return -1;
}

int
run_field(struct build_run *run, enum step_kind kind, const struct opam_value *field, bool *any,
	  struct err *e)
{
	struct opam_commands commands;

	if (opam_commands(run->a, &run->job->definition->text, field, &run->scope->scope, &commands, e) < 0)
		return -1;
	*any = commands.n;
	for (size_t i = 0; i < commands.n; i++) {
		struct opam_strings args = {commands.v[i].args, commands.v[i].n};

		if (run_command(run, kind, args, e) < 0)
			return -1;
	}
	return 0;
}
