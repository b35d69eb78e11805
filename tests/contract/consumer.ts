// What a front-end team writes: the main job, with nothing but the generated types. No cast, no type written by hand.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TOKYO = 9 * 60 * MINUTE; // ahead of UTC

const instant = (minutes: number): string => new Date(Date.now() + minutes * MINUTE).toISOString();
const day = (offset: number): string => new Date(Date.now() + TOKYO + offset * DAY).toISOString().slice(0, 10);

/** The answer, or the problem's own words as an error. */
function got<T>(answer: { data?: T; error?: Schemas["Problem"] | undefined }): T {
  if (answer.data === undefined) throw new Error(`${answer.error?.code}: ${answer.error?.detail}`);
  return answer.data;
}

function first<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error("There is none.");
  return row;
}

async function signIn(baseUrl: string, username: string) {
  const api = createClient<paths>({ baseUrl, querySerializer: { array: { style: "form", explode: false } } });
  const token = got(
    await api.POST("/api/v1/auth/token", {
      body: { grant_type: "password", username, password: "demo" },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }),
  );
  api.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${token.access_token}`) });
  return api;
}

type Api = Awaited<ReturnType<typeof signIn>>;

/** How many leaders have the skill on the day. */
async function holders(api: Api, asOf: string): Promise<number | null> {
  const figures = await api.GET("/api/v1/skill_gaps", {
    params: { query: { group_by: ["role", "skill"], role_code: ["leader"], skill_code: ["bpr"], as_of: asOf } },
  });
  return first(got(figures).results).holders;
}

async function publishedSession(api: Api, capacity: number): Promise<Schemas["CourseSessionRead"]> {
  const course = first(got(await api.GET("/api/v1/courses", { params: { query: { skill_code: "bpr" } } })).results);
  const planned = got(
    await api.POST("/api/v1/course_sessions", {
      body: {
        course_id: course.id,
        capacity,
        needs_approval: false,
        application_opens_at: instant(-5),
        application_closes_at: instant(25),
        meetings: [{ starts_at: instant(30), ends_at: instant(210), place: "本庁舎 第3会議室" }],
      },
    }),
  );
  return got(await api.POST("/api/v1/course_sessions/{id}/publication", { params: { path: { id: planned.id } } }));
}

async function enrolled(api: Api, session: Schemas["CourseSessionRead"], status: Schemas["EnrollmentStatus"]) {
  const query = { course_session_id: session.id, status: [status], limit: 100 };
  return got(await api.GET("/api/v1/enrollments", { params: { query } })).results;
}

/** A question that is asked before and after, in the same words and on the same scale. */
async function openSurvey(api: Api, session: Schemas["CourseSessionRead"], kind: Schemas["SurveyCreate"]["kind"]) {
  const question: Schemas["QuestionCreate"] = {
    code: "redesign",
    type: "scale",
    text: "業務の流れを抜本的に見直すことができる",
    pair_key: "redesign",
    skill_code: "bpr",
    scale: { min: 1, max: 5, direction: "higher_is_better" },
  };
  const drafted = got(
    await api.POST("/api/v1/surveys", {
      body: { title: "BPR研修", kind, course_session_id: session.id, minimum_group: 5, questions: [question] },
    }),
  );
  return got(await api.POST("/api/v1/surveys/{id}/opening", { params: { path: { id: drafted.id } } }));
}

async function answerAll(baseUrl: string, survey: Schemas["SurveyRead"], numbers: string[], lowest: number, spread: number) {
  for (const [place, number] of numbers.entries()) {
    const person = await signIn(baseUrl, number);
    const answers = [{ question_code: "redesign", value: lowest + (place % spread) }];
    got(await person.POST("/api/v1/survey_responses", { body: { survey_id: survey.id, answers } }));
  }
}

/** Nobody completes a session before it has ended: its meeting is moved to the minute that has just passed. */
async function movedToThePast(api: Api, session: Schemas["CourseSessionRead"]): Promise<Schemas["CourseSessionRead"]> {
  const changed = await api.PATCH("/api/v1/course_sessions/{id}", {
    params: { path: { id: session.id }, header: { "If-Match": "*" } },
    body: {
      application_opens_at: instant(-60),
      application_closes_at: instant(-30),
      meetings: [{ id: first(session.meetings).id, starts_at: instant(-2), ends_at: instant(-1) }],
    },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  return got(changed);
}

/** Attendance of the whole session, then completion by the course's rule. */
async function attendAndComplete(api: Api, session: Schemas["CourseSessionRead"], seats: Schemas["EnrollmentRead"][]) {
  const entries = seats.map((seat): Schemas["AttendanceSheetEntry"] => ({ enrollment_id: seat.id, attendance: "present" }));
  const body = { session_meeting_id: first(session.meetings).id, entries };
  got(await api.POST("/api/v1/course_sessions/{id}/attendance", { params: { path: { id: session.id } }, body }));
  const completed = [];
  for (const seat of seats) {
    const path = { id: seat.id };
    completed.push(got(await api.POST("/api/v1/enrollments/{id}/completion", { params: { path }, body: {} })).status);
  }
  return completed;
}

/** One seat more, if nobody has changed the session in the meantime. */
async function enlarged(api: Api, session: Schemas["CourseSessionRead"]): Promise<Schemas["CourseSessionRead"]> {
  const path = { id: session.id };
  const read = await api.GET("/api/v1/course_sessions/{id}", { params: { path } });
  const header = { "If-Match": read.response.headers.get("ETag") ?? "" };
  const changed = await api.PATCH("/api/v1/course_sessions/{id}", {
    params: { path, header },
    body: { capacity: got(read).capacity + 1 },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
  return got(changed);
}

/** Everything that a training office does in half a year; what came of it. */
export async function mainJob(baseUrl: string, capacity: number, applicants: number) {
  const api = await signIn(baseUrl, "training");
  const before = await holders(api, day(0));
  const session = await publishedSession(api, capacity);

  const query = { role_code: "leader", limit: applicants };
  const leaders = got(await api.GET("/api/v1/employees", { params: { query } })).results;
  const applied: Schemas["EnrollmentRead"][] = [];
  for (const leader of leaders) {
    const body = { course_session_id: session.id, employee_id: leader.id };
    applied.push(got(await api.POST("/api/v1/enrollments", { body })));
  }
  const refused = await api.POST("/api/v1/enrollments", {
    body: { course_session_id: session.id, employee_id: first(leaders).id },
  });

  const leaving = first(applied.filter((entry) => entry.allowed_actions.includes("withdrawal")));
  const path = { id: leaving.id };
  const left = await api.POST("/api/v1/enrollments/{id}/withdrawal", { params: { path }, body: { reason: "災害対応のため" } });
  const waited = first(applied.filter((entry) => entry.waitlist_rank === 1));
  const promoted = got(await api.GET("/api/v1/enrollments/{id}", { params: { path: { id: waited.id } } }));
  const larger = await enlarged(api, session);

  const seats = await enrolled(api, session, "confirmed");
  const seated = new Set(seats.map((seat) => seat.employee_id));
  const numbers = leaders.filter((leader) => seated.has(leader.id)).map((leader) => leader.employee_number);
  const pre = await openSurvey(api, session, "pre");
  await answerAll(baseUrl, pre, numbers, 1, 3);
  const completed = await attendAndComplete(api, await movedToThePast(api, session), seats);
  const after = await holders(api, day(1));

  const post = await openSurvey(api, session, "post");
  await answerAll(baseUrl, post, numbers, 3, 2);
  for (const survey of [pre, post]) {
    got(await api.POST("/api/v1/surveys/{id}/closing", { params: { path: { id: survey.id } } }));
  }
  const shown = got(
    await api.GET("/api/v1/course_sessions/{id}/effectiveness", { params: { path: { id: session.id } } }),
  );
  const effect = first(shown.effects);
  return {
    first: applied.map((entry) => entry.status),
    again: refused.error?.code,
    left: got(left).status,
    promoted: promoted.status,
    seats: larger.seats_taken,
    waiting: larger.waitlist_length,
    completed,
    gained: (after ?? 0) - (before ?? 0),
    pairs: effect.n_paired,
    improvement: effect.improvement,
  };
}
