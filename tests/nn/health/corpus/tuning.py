"""The tuning half of the corpus: what the diagnosis was made with. The README quotes the other half.

`python -m tests.nn.health.corpus.tuning [first seed] [seeds] [part of a name]` goes over it.
"""

from __future__ import annotations

import sys
import time

from tests.nn.health.corpus import (
    tuning_calm,
    tuning_courses_homework,
    tuning_courses_lectures,
    tuning_courses_letters,
    tuning_courses_networks,
    tuning_courses_notebooks,
    tuning_courses_papers,
    tuning_courses_pictures,
    tuning_crafts,
    tuning_crafts_ferries,
    tuning_crafts_loops,
    tuning_crafts_moods,
    tuning_crafts_parts,
    tuning_crafts_rates,
    tuning_crafts_steps,
    tuning_crafts_surveys,
    tuning_desks_by_hand,
    tuning_desks_calm_hand,
    tuning_desks_calm_makes,
    tuning_desks_calm_more,
    tuning_desks_drafts,
    tuning_desks_drafts_more,
    tuning_desks_drafts_steps,
    tuning_desks_hand,
    tuning_desks_hand_more,
    tuning_desks_heads,
    tuning_desks_knobs,
    tuning_desks_ledgers,
    tuning_desks_loops,
    tuning_desks_mains,
    tuning_desks_networks,
    tuning_desks_optimizers,
    tuning_desks_stacks,
    tuning_fields_loops,
    tuning_fields_losses,
    tuning_fields_models,
    tuning_fields_parts,
    tuning_fields_rows,
    tuning_fields_scales,
    tuning_fields_steps,
    tuning_fields_well,
    tuning_healthy,
    tuning_lengths,
    tuning_listed,
    tuning_lists_calm_networks,
    tuning_lists_calm_scripts,
    tuning_lists_calm_tables,
    tuning_lists_layers,
    tuning_lists_loops,
    tuning_lists_loops_more,
    tuning_lists_pictures,
    tuning_lists_rates,
    tuning_lists_sequences,
    tuning_lists_starts,
    tuning_lists_tables,
    tuning_lists_targets,
    tuning_lists_torch,
    tuning_mended,
    tuning_mixed,
    tuning_more,
    tuning_named,
    tuning_named_again,
    tuning_network,
    tuning_offices_loops,
    tuning_offices_networks,
    tuning_offices_rows,
    tuning_offices_scripts,
    tuning_offices_series,
    tuning_offices_steps,
    tuning_pairs,
    tuning_pairs_again,
    tuning_pairs_healthy,
    tuning_pairs_loops,
    tuning_partly,
    tuning_places,
    tuning_rounds_sick_loops,
    tuning_rounds_sick_loops_more,
    tuning_rounds_sick_networks,
    tuning_rounds_sick_tables,
    tuning_rounds_sick_torch,
    tuning_rounds_sick_usual,
    tuning_rounds_well_hand,
    tuning_rounds_well_loops,
    tuning_rounds_well_more,
    tuning_rounds_well_networks,
    tuning_rounds_well_notebooks,
    tuning_rounds_well_programs,
    tuning_rounds_well_sequences,
    tuning_rounds_well_tables,
    tuning_rounds_well_torch,
    tuning_rounds_well_torch_more,
    tuning_rows,
    tuning_scales,
    tuning_scripts,
    tuning_sites_calm_loops,
    tuning_sites_calm_networks,
    tuning_sites_calm_notebooks,
    tuning_sites_calm_schedules,
    tuning_sites_calm_sequences,
    tuning_sites_calm_steps,
    tuning_sites_calm_tables,
    tuning_sites_data,
    tuning_sites_layers,
    tuning_sites_loops,
    tuning_sites_loops_more,
    tuning_sites_modes,
    tuning_sites_notebooks,
    tuning_sites_rates,
    tuning_sites_schedules,
    tuning_sites_starts,
    tuning_sites_steps,
    tuning_sites_targets,
    tuning_sites_torch,
    tuning_sites_torch_calm,
    tuning_steps,
    tuning_strangers,
    tuning_strangers_again,
    tuning_strangers_loops,
    tuning_threads_judged,
    tuning_threads_loops,
    tuning_threads_more,
    tuning_threads_networks,
    tuning_threads_rates,
    tuning_threads_raw,
    tuning_threads_read,
    tuning_threads_rows,
    tuning_threads_steps,
    tuning_threads_well,
    tuning_variants,
    tuning_wide_healthy,
    tuning_wide_network,
    tuning_wide_rows,
    tuning_wide_steps,
    tuning_workshops_ends,
    tuning_workshops_loops,
    tuning_workshops_networks,
    tuning_workshops_rows,
    tuning_workshops_starts,
    tuning_workshops_targets,
    tuning_workshops_well,
)
from tests.nn.health.corpus.case import Case, score

COURSES = (
    tuning_courses_homework, tuning_courses_lectures, tuning_courses_letters, tuning_courses_networks, tuning_courses_notebooks,
    tuning_courses_papers, tuning_courses_pictures,
)  # fmt: skip
CRAFTS = (
    tuning_crafts, tuning_crafts_ferries, tuning_crafts_loops, tuning_crafts_moods, tuning_crafts_parts, tuning_crafts_rates,
    tuning_crafts_steps, tuning_crafts_surveys,
)  # fmt: skip
DESKS = (
    tuning_desks_by_hand, tuning_desks_calm_hand, tuning_desks_calm_makes, tuning_desks_calm_more, tuning_desks_hand,
    tuning_desks_hand_more, tuning_desks_heads, tuning_desks_loops, tuning_desks_mains, tuning_desks_networks,
    tuning_desks_optimizers, tuning_desks_stacks,
    tuning_desks_drafts, tuning_desks_drafts_more, tuning_desks_drafts_steps, tuning_desks_knobs, tuning_desks_ledgers,
)  # fmt: skip
FIELDS = (
    tuning_fields_loops, tuning_fields_losses, tuning_fields_models, tuning_fields_parts, tuning_fields_rows,
    tuning_fields_scales, tuning_fields_steps, tuning_fields_well,
)  # fmt: skip
LISTS = (
    tuning_lists_calm_networks, tuning_lists_calm_scripts, tuning_lists_calm_tables, tuning_lists_layers, tuning_lists_loops,
    tuning_lists_loops_more, tuning_lists_pictures, tuning_lists_rates, tuning_lists_sequences, tuning_lists_starts,
    tuning_lists_tables, tuning_lists_targets, tuning_lists_torch,
)  # fmt: skip
OFFICES = (
    tuning_offices_loops, tuning_offices_networks, tuning_offices_rows, tuning_offices_scripts,
    tuning_offices_series, tuning_offices_steps,
)  # fmt: skip
ROUNDS = (
    tuning_rounds_well_hand, tuning_rounds_well_loops, tuning_rounds_well_more, tuning_rounds_well_networks,
    tuning_rounds_well_notebooks, tuning_rounds_well_programs, tuning_rounds_well_sequences, tuning_rounds_well_tables,
    tuning_rounds_well_torch, tuning_rounds_well_torch_more,
    tuning_rounds_sick_loops, tuning_rounds_sick_loops_more, tuning_rounds_sick_networks, tuning_rounds_sick_tables,
    tuning_rounds_sick_torch, tuning_rounds_sick_usual,
)  # fmt: skip
SITES = (
    tuning_sites_calm_loops, tuning_sites_calm_networks, tuning_sites_calm_notebooks, tuning_sites_calm_schedules,
    tuning_sites_calm_sequences, tuning_sites_calm_steps, tuning_sites_calm_tables, tuning_sites_data, tuning_sites_layers,
    tuning_sites_loops, tuning_sites_loops_more, tuning_sites_modes, tuning_sites_notebooks, tuning_sites_rates,
    tuning_sites_schedules, tuning_sites_starts, tuning_sites_steps, tuning_sites_targets, tuning_sites_torch,
    tuning_sites_torch_calm,
)  # fmt: skip
THREADS = (
    tuning_threads_judged, tuning_threads_loops, tuning_threads_more, tuning_threads_networks, tuning_threads_rates,
    tuning_threads_raw, tuning_threads_read, tuning_threads_rows, tuning_threads_steps, tuning_threads_well,
)  # fmt: skip
WIDE: list[Case] = [*tuning_wide_rows.CASES, *tuning_wide_network.CASES, *tuning_wide_steps.CASES]
SICK: list[Case] = [
    *tuning_rows.CASES, *tuning_network.CASES, *tuning_steps.CASES, *tuning_more.SICK, *tuning_scripts.SICK, *WIDE,
    *tuning_strangers.SICK, *tuning_strangers_again.SICK,
    *tuning_mended.SICK, *tuning_named.SICK, *tuning_named_again.SICK, *tuning_places.SICK, *tuning_listed.SICK, *tuning_variants.SICK,
    *tuning_pairs.SICK, *tuning_pairs_loops.SICK, *tuning_pairs_again.SICK, *tuning_scales.SICK, *tuning_lengths.SICK,
    *tuning_mixed.SICK, *tuning_partly.SICK,
    *(case for course in COURSES for case in course.SICK),
    *(case for craft in CRAFTS for case in craft.SICK),
    *(case for desk in DESKS for case in desk.SICK),
    *(case for field in FIELDS for case in getattr(field, "SICK", [])),
    *(case for part in LISTS for case in part.SICK if not case.torch),
    *(case for office in OFFICES for case in office.SICK),
    *(case for part in ROUNDS for case in part.SICK if not case.torch),
    *(case for site in SITES for case in site.SICK if not case.torch),
    *(case for thread in THREADS for case in thread.SICK),
    *tuning_workshops_rows.SICK, *tuning_workshops_targets.SICK, *tuning_workshops_ends.SICK,
    *tuning_workshops_networks.SICK, *tuning_workshops_starts.SICK, *tuning_workshops_loops.SICK,
    *(case for case in tuning_strangers_loops.SICK if not case.torch),
]  # fmt: skip
HEALTHY: list[Case] = [
    *tuning_healthy.CASES, *tuning_more.WELL, *tuning_scripts.WELL, *tuning_wide_healthy.CASES,
    *tuning_strangers.WELL, *tuning_strangers_again.WELL,
    *tuning_mended.WELL, *tuning_named.WELL, *tuning_named_again.WELL, *tuning_places.WELL, *tuning_listed.WELL, *tuning_variants.WELL,
    *tuning_pairs_healthy.WELL, *tuning_pairs_loops.WELL, *tuning_pairs_again.WELL, *tuning_scales.WELL, *tuning_lengths.WELL,
    *tuning_calm.WELL,
    *(case for course in COURSES for case in course.WELL),
    *(case for craft in CRAFTS for case in getattr(craft, "WELL", [])),
    *(case for desk in DESKS for case in desk.WELL),
    *(case for field in FIELDS for case in getattr(field, "WELL", [])),
    *(case for part in LISTS for case in part.WELL if not case.torch),
    *(case for office in OFFICES for case in office.WELL),
    *(case for part in ROUNDS for case in part.WELL if not case.torch),
    *(case for site in SITES for case in site.WELL if not case.torch),
    *(case for thread in THREADS for case in thread.WELL),
    *tuning_workshops_loops.WELL, *tuning_workshops_well.WELL,
    *(case for case in tuning_strangers_loops.WELL if not case.torch),
]  # fmt: skip

if __name__ == "__main__":
    first, count = (int(a) for a in (sys.argv[1:3] or ("0", "1")))
    part = sys.argv[3] if len(sys.argv) > 3 else ""
    chosen = [case for case in SICK + HEALTHY if part in case.name]
    begun = time.perf_counter()

    def tell(line: str) -> None:
        global begun
        now = time.perf_counter()
        print(f"{now - begun:5.1f} s  {line}", flush=True)
        begun = now

    found = score(chosen, range(first, first + count), tell)
    print(found)
    print("\n".join(found.wrong))
