
;; Function steps (steps, funcdef_no=1, decl_uid=1982, cgraph_uid=2, symbol_order=1)

Abnormal edge 8 to 1 put to tree
Normal edge 7 to 3 put to tree
Normal edge 6 to 7 put to tree
Normal edge 5 to 6 put to tree
Normal edge 4 to 6 put to tree
Normal edge 7 to 8 put to tree
Normal edge 2 to 7 put to tree
9 basic blocks
10 edges
0 ignored edges
3 instrumentation edges
int steps (int n)
{
  int count;
  int _1;
  int _2;
  int iftmp.0_5;
  int _10;
  int iftmp.0_11;

;;   basic block 2, loop depth 0, count 118111600 (estimated locally), maybe hot
;;    prev block 0, next block 3, flags: (NEW, REACHABLE, VISITED)
;;    pred:       ENTRY [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE)
;; 
  [notes.c:6:5] # DEBUG BEGIN_STMT
  [notes.c:6:9] # DEBUG count => 0
  [notes.c:7:5] # DEBUG BEGIN_STMT
  [notes.c:7:11] goto <bb 7>; [100.00%]
;;    succ:       7 [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE) notes.c:7:11

;;   basic block 3, loop depth 1, count 955630225 (estimated locally), maybe hot
;;    prev block 2, next block 4, flags: (NEW, REACHABLE, VISITED)
;;    pred:       7 [89.0% (guessed)]  count:955630224 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;   starting at line 8
  [notes.c:8:9] # DEBUG BEGIN_STMT
  [notes.c:8:15] _1 = n_3 & 1;
  [notes.c:8:31] if (_1 != 0)
    goto <bb 4>; [50.00%]
  else
    goto <bb 5>; [50.00%]
;;    succ:       4 [50.0% (guessed)]  count:477815113 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;                5 [50.0% (guessed)]  count:477815113 (estimated locally) (FALSE_VALUE,EXECUTABLE)

;;   basic block 4, loop depth 1, count 477815112 (estimated locally), maybe hot
;;    prev block 3, next block 5, flags: (NEW, REACHABLE, VISITED)
;;    pred:       3 [50.0% (guessed)]  count:477815113 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;   starting at line 8, discriminator 1
  [notes.c:8:23] _2 = n_3 * 3;
  [notes.c:8:31] iftmp.0_11 = _2 + 1;
  [0:0] goto <bb 6>; [100.00%]
;;    succ:       6 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)

;;   basic block 5, loop depth 1, count 477815112 (estimated locally), maybe hot
;;    prev block 4, next block 6, flags: (NEW, REACHABLE, VISITED)
;;    pred:       3 [50.0% (guessed)]  count:477815113 (estimated locally) (FALSE_VALUE,EXECUTABLE)
;;   starting at line 2
  # DEBUG x => n_3
  [notes.c:2:19] # DEBUG INLINE_ENTRY half
  [notes.c:2:33] # DEBUG BEGIN_STMT
  [notes.c:2:42] _10 = n_3 >> 1;
  [notes.c:8:33] # DEBUG x => NULL
;;    succ:       6 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)

;;   basic block 6, loop depth 1, count 955630225 (estimated locally), maybe hot
;;    prev block 5, next block 7, flags: (NEW, REACHABLE, VISITED)
;;    pred:       4 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)
;;                5 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)
;;   starting at line 9, discriminator 4
  # iftmp.0_5 = PHI <[notes.c:8:31] iftmp.0_11(4), [notes.c:8:33] _10(5)>
  [notes.c:8:11] # DEBUG n => iftmp.0_5
  [notes.c:9:9] # DEBUG BEGIN_STMT
  [notes.c:9:14] count_12 = count_4 + 1;
  [notes.c:9:14] # DEBUG count => count_12
;;    succ:       7 [always]  count:955630225 (estimated locally) (FALLTHRU,DFS_BACK,EXECUTABLE)

;;   basic block 7, loop depth 1, count 1073741824 (estimated locally), maybe hot
;;    prev block 6, next block 8, flags: (NEW, REACHABLE, VISITED)
;;    pred:       2 [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE) notes.c:7:11
;;                6 [always]  count:955630225 (estimated locally) (FALLTHRU,DFS_BACK,EXECUTABLE)
;;   starting at line 7
  # n_3 = PHI <n_7(D)(2), [notes.c:8:11] iftmp.0_5(6)>
  # count_4 = PHI <[notes.c:6:9] 0(2), [notes.c:9:14] count_12(6)>
  # DEBUG count => count_4
  # DEBUG n => n_3
  [notes.c:7:14] # DEBUG BEGIN_STMT
  [notes.c:7:14] if (n_3 > 1)
    goto <bb 3>; [89.00%]
  else
    goto <bb 8>; [11.00%]
;;    succ:       3 [89.0% (guessed)]  count:955630224 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;                8 [11.0% (guessed)]  count:118111600 (estimated locally) (FALSE_VALUE,EXECUTABLE)

;;   basic block 8, loop depth 0, count 118111600 (estimated locally), maybe hot
;;    prev block 7, next block 1, flags: (NEW, REACHABLE, VISITED)
;;    pred:       7 [11.0% (guessed)]  count:118111600 (estimated locally) (FALSE_VALUE,EXECUTABLE)
;;   starting at line 11
  # count_9 = PHI <count_4(7)>
  [notes.c:11:5] # DEBUG BEGIN_STMT
  [notes.c:11:12] return count_9;
;;    succ:       EXIT [always]  count:118111600 (estimated locally) (EXECUTABLE) notes.c:11:12

}


notes.c:12:1: missed: file /src/notes-12.gcda not found, execution counts estimated
Profile info is missing; giving up
Symbol table:

steps/1 (steps) @0x7f17ed344220
  Type: function definition analyzed
  Visibility: externally_visible semantic_interposition public
  References: 
  Referring: 
  Availability: available
  Profile id: 1308503878
  Function flags: count:118111600 (estimated locally) body
  Called by: 
  Calls: 
int steps (int n)
{
  int count;
  int _1;
  int _2;
  int iftmp.0_5;
  int _10;
  int iftmp.0_11;

;;   basic block 2, loop depth 0, count 118111600 (estimated locally), maybe hot
;;    prev block 0, next block 3, flags: (NEW, REACHABLE, VISITED)
;;    pred:       ENTRY [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE)
;; 
  [notes.c:6:5] # DEBUG BEGIN_STMT
  [notes.c:6:9] # DEBUG count => 0
  [notes.c:7:5] # DEBUG BEGIN_STMT
  [notes.c:7:11] goto <bb 7>; [100.00%]
;;    succ:       7 [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE) notes.c:7:11

;;   basic block 3, loop depth 1, count 955630225 (estimated locally), maybe hot
;;    prev block 2, next block 4, flags: (NEW, REACHABLE, VISITED)
;;    pred:       7 [89.0% (guessed)]  count:955630224 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;   starting at line 8
  [notes.c:8:9] # DEBUG BEGIN_STMT
  [notes.c:8:15] _1 = n_3 & 1;
  [notes.c:8:31] if (_1 != 0)
    goto <bb 4>; [50.00%]
  else
    goto <bb 5>; [50.00%]
;;    succ:       4 [50.0% (guessed)]  count:477815113 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;                5 [50.0% (guessed)]  count:477815113 (estimated locally) (FALSE_VALUE,EXECUTABLE)

;;   basic block 4, loop depth 1, count 477815112 (estimated locally), maybe hot
;;    prev block 3, next block 5, flags: (NEW, REACHABLE, VISITED)
;;    pred:       3 [50.0% (guessed)]  count:477815113 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;   starting at line 8, discriminator 1
  [notes.c:8:23] _2 = n_3 * 3;
  [notes.c:8:31] iftmp.0_11 = _2 + 1;
  [0:0] goto <bb 6>; [100.00%]
;;    succ:       6 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)

;;   basic block 5, loop depth 1, count 477815112 (estimated locally), maybe hot
;;    prev block 4, next block 6, flags: (NEW, REACHABLE, VISITED)
;;    pred:       3 [50.0% (guessed)]  count:477815113 (estimated locally) (FALSE_VALUE,EXECUTABLE)
;;   starting at line 2
  # DEBUG x => n_3
  [notes.c:2:19] # DEBUG INLINE_ENTRY half
  [notes.c:2:33] # DEBUG BEGIN_STMT
  [notes.c:2:42] _10 = n_3 >> 1;
  [notes.c:8:33] # DEBUG x => NULL
;;    succ:       6 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)

;;   basic block 6, loop depth 1, count 955630225 (estimated locally), maybe hot
;;    prev block 5, next block 7, flags: (NEW, REACHABLE, VISITED)
;;    pred:       4 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)
;;                5 [always]  count:477815112 (estimated locally) (FALLTHRU,EXECUTABLE)
;;   starting at line 9, discriminator 4
  # iftmp.0_5 = PHI <[notes.c:8:31] iftmp.0_11(4), [notes.c:8:33] _10(5)>
  [notes.c:8:11] # DEBUG n => iftmp.0_5
  [notes.c:9:9] # DEBUG BEGIN_STMT
  [notes.c:9:14] count_12 = count_4 + 1;
  [notes.c:9:14] # DEBUG count => count_12
;;    succ:       7 [always]  count:955630225 (estimated locally) (FALLTHRU,DFS_BACK,EXECUTABLE)

;;   basic block 7, loop depth 1, count 1073741824 (estimated locally), maybe hot
;;    prev block 6, next block 8, flags: (NEW, REACHABLE, VISITED)
;;    pred:       2 [always]  count:118111600 (estimated locally) (FALLTHRU,EXECUTABLE) notes.c:7:11
;;                6 [always]  count:955630225 (estimated locally) (FALLTHRU,DFS_BACK,EXECUTABLE)
;;   starting at line 7
  # n_3 = PHI <n_7(D)(2), [notes.c:8:11] iftmp.0_5(6)>
  # count_4 = PHI <[notes.c:6:9] 0(2), [notes.c:9:14] count_12(6)>
  # DEBUG count => count_4
  # DEBUG n => n_3
  [notes.c:7:14] # DEBUG BEGIN_STMT
  [notes.c:7:14] if (n_3 > 1)
    goto <bb 3>; [89.00%]
  else
    goto <bb 8>; [11.00%]
;;    succ:       3 [89.0% (guessed)]  count:955630224 (estimated locally) (TRUE_VALUE,EXECUTABLE)
;;                8 [11.0% (guessed)]  count:118111600 (estimated locally) (FALSE_VALUE,EXECUTABLE)

;;   basic block 8, loop depth 0, count 118111600 (estimated locally), maybe hot
;;    prev block 7, next block 1, flags: (NEW, REACHABLE, VISITED)
;;    pred:       7 [11.0% (guessed)]  count:118111600 (estimated locally) (FALSE_VALUE,EXECUTABLE)
;;   starting at line 11
  # count_9 = PHI <count_4(7)>
  [notes.c:11:5] # DEBUG BEGIN_STMT
  [notes.c:11:12] return count_9;
;;    succ:       EXIT [always]  count:118111600 (estimated locally) (EXECUTABLE) notes.c:11:12

}


